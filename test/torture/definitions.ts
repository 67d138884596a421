import { fileURLToPath } from "node:url";
import { readFolder } from "../../console/cli/definitions/read-folder.ts";
import type { LocalStack } from "../support/local-stack.ts";
import type { Account } from "./ledger.ts";

const retail = fileURLToPath(new URL("../../events/examples/definitions/retail", import.meta.url));

/** Tags over the click stream whose members plain counting knows. */
const clickTags = [
  { name: "torture-looker", rule: did("Product Viewed", 20) },
  { name: "torture-gatherer", rule: did("Product Added", 3) },
  { name: "torture-undecided", rule: { all: [did("Product Added", 1), { not: did("Order Completed", 1) }] } },
];

function did(event: string, atLeast: number) {
  return { did: { event, atLeast } };
}

/** Features whose exact value the API shows: the evidence of these tags. */
export const measuredTags = [
  { key: "tag:torture-looker", event: "Product Viewed" },
  { key: "tag:torture-gatherer", event: "Product Added" },
] as const;

/** Which of these tags a person has, by counting. */
export function expectClickTags({ events }: Account): Set<string> {
  const times = (event: string): number => events.get(event) ?? 0;
  return new Set([
    ...(times("Product Viewed") >= 20 ? ["tag:torture-looker"] : []),
    ...(times("Product Added") >= 3 ? ["tag:torture-gatherer"] : []),
    ...(times("Product Added") > 0 && times("Order Completed") === 0 ? ["tag:torture-undecided"] : []),
  ]);
}

/** Puts the demo's definitions and ours in force; gives the keys of all tags. */
export async function applyDefinitions(stack: LocalStack): Promise<string[]> {
  const written = [
    ...(await readFolder(retail)).map(({ kind, name, definition }) => ({ kind, name, definition })),
    ...clickTags.map(({ name, rule }) => ({ kind: "tag", name, definition: { kind: "tag", name, rule } })),
  ];
  const changes = written.map((definition) => ({ op: "put", ...definition }));
  const response = await stack.admin("/admin/v1/definitions/apply", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ changes }),
  });
  if (!response.ok) throw new Error(`definitions/apply answered ${response.status}: ${await response.text()}`);
  return written.filter(({ kind }) => kind === "tag").map(({ name }) => `tag:${name}`);
}
