import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { functionEntries } from "../../infra/bundling/function-entries.ts";
import { parseSourceFile } from "../architecture/source-file.ts";
import { findStatements } from "./policy-statements.ts";
import { synthesise } from "./synthesised.ts";

const root = resolve(import.meta.dirname, "../..");
const { functions: template } = synthesise();
const lambdas = template.findResources("AWS::Lambda::Function");
const policies = template.findResources("AWS::IAM::Policy");

const functionOfEntry = {
  "functions/admin/handler.ts": "Admin",
  "functions/collect/handler.ts": "Collect",
  "functions/decide/handler.ts": "Decide",
  "functions/fold/handler.ts": "Fold",
  "functions/fold/refold.ts": "Refold",
  "functions/import/handler.ts": "Import",
  "functions/index/handler.ts": "Index",
  "functions/outcome/handler.ts": "Outcome",
  "functions/outcome/http.ts": "OutcomeHttp",
  "functions/retier/plan.ts": "RetierPlan",
  "functions/retier/slice.ts": "Retier",
  // One of seven that differ in their channel alone.
  "functions/send/handler.ts": "SendEmail",
  "functions/wake/due.ts": "WakeDue",
  "functions/wake/handler.ts": "Wake",
} satisfies Record<(typeof functionEntries)[number], string>;

/** The text of every source file of ours that an entry file leads to. */
function readSources(path: string, seen = new Map<string, string>()): ReadonlyMap<string, string> {
  if (seen.has(path)) return seen;
  const source = readFileSync(resolve(root, path), "utf8");
  seen.set(path, source);
  for (const { own, typeOnly, target } of parseSourceFile(path, source).imports) {
    if (own && !typeOnly) readSources(target, seen);
  }
  return seen;
}

const isDeadLetters = (resource: unknown) => /DeadLetters"/.test(JSON.stringify(resource));

/** The actions that a function's role allows for its own calls. */
function grantedTo(lambda: string): string[] {
  const { Role } = lambdas[lambda]?.Properties ?? {};
  const roleId: string = Role["Fn::GetAtt"][0];
  const own = Object.values(policies).filter(({ Properties }) => Properties.Roles[0].Ref === roleId);
  // Lambda itself uses the role to put away what a function failed at.
  const used = own.flatMap((policy) => findStatements(policy)).filter(({ resource }) => !isDeadLetters(resource));
  return used.flatMap(({ actions }) => actions);
}

describe.each(Object.entries(functionOfEntry))("%s", (entry, lambda) => {
  const sources = readSources(entry);
  const text = [...sources].filter(([path]) => path !== "layers/aws/config.ts").map(([, source]) => source);
  const code = text.join("\n");

  test("has exactly the settings that its sources read", () => {
    const read = new Set(code.match(/(?<=")STRATA_[A-Z_]+(?=")/g));
    const set = new Set(Object.keys(lambdas[lambda]?.Properties.Environment.Variables ?? {}));
    // It has a default.
    set.delete("STRATA_DEFINITIONS_MAX_AGE_MS");
    expect([...set].toSorted()).toEqual([...read].toSorted());
  });

  test("may call nothing that its sources do not call", () => {
    const granted = grantedTo(lambda).filter((action) =>
      /^(dynamodb|secretsmanager):|^ses:SendEmail$|^kinesis:Put|^sqs:Send/.test(action),
    );
    expect(granted.length).toBeGreaterThan(0);
    // SendMessage is the action of SendMessageBatch, too.
    const uncalled = granted.filter(
      (action) => !new RegExp(`new ${action.split(":")[1]}(Batch)?Command\\(`).test(code),
    );
    expect(uncalled).toEqual([]);
  });
});
