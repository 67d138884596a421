import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { runStrata } from "./run-strata.ts";
import { serveHarness } from "./serve-harness.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const harness = makeAdminHarness();
let server: Awaited<ReturnType<typeof serveHarness>>;
beforeAll(async () => {
  await harness.define({ kind: "tag", name: "there" });
  server = await serveHarness(harness);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const conditions = Array.from({ length: 10_000 }, (_, n) => `    - did: { event: Event ${n} }\n`).join("");
/** One list of a thousand values that fits, fifteen times: more than any definition may have. */
const values = Array.from({ length: 1_000 }, (_, n) => `value-${n}-of-a-long-list-of-things`).join(", ");
const lists = Array.from({ length: 13 }, () => `    - trait: { name: city, in: [${values}] }\n`).join("");
const bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
  .concat(Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(", ")}]`))
  .join("\n");

interface Refusal {
  /** What is wrong. */
  readonly name: string;
  readonly yaml: string;
  /** What the command line prints of it. */
  readonly line: RegExp;
  /** What the API says; absent where YAML alone can say such a thing. */
  readonly fault?: { readonly path: string; readonly code: string; readonly message: RegExp };
}

const REFUSALS: readonly Refusal[] = [
  {
    name: "an unknown property",
    yaml: "kind: tag\nname: a\nrule:\n  did:\n    event: Order Completed\n    witin: 30d\n",
    line: /a\.yaml:6 {2}tag\/a rule\.did\.witin: unknown key: witin/,
    fault: { path: "rule.did.witin", code: "unknown_key", message: /unknown key: witin/ },
  },
  {
    name: "a cycle",
    yaml: "kind: tag\nname: a\nrule: { tag: b }\n---\nkind: tag\nname: b\nrule: { not: { tag: a } }\n",
    line: /a\.yaml:3 {2}tag\/a rule: a → b → a/,
    fault: { path: "rule", code: "definition_cycle", message: /a → b → a/ },
  },
  {
    name: "a window of 0",
    yaml: "kind: tag\nname: a\nrule:\n  all:\n    - did:\n        event: x\n        within: 0d\n",
    line: /a\.yaml:7 {2}tag\/a rule\.all\[0\]\.did\.within: /,
    fault: { path: "rule.all[0].did.within", code: "bad_format", message: /./ },
  },
  {
    name: "a name that is there twice",
    yaml: "kind: tag\nname: a\n---\nkind: tag\nname: a\n",
    line: /a\.yaml:4 {2}tag a is already in .*a\.yaml:1/,
    fault: { path: "", code: "change_duplicate", message: /tag\/a is changed twice/ },
  },
  {
    name: "a reference that leads nowhere",
    yaml: "kind: segment\nname: a\nrule:\n  any:\n    - tag: nobody\n",
    line: /a\.yaml:5 {2}segment\/a rule\.any\[0\]\.tag: there is no tag nobody/,
    fault: { path: "rule.any[0].tag", code: "definition_unknown_reference", message: /there is no tag nobody/ },
  },
  {
    name: "ten thousand conditions",
    yaml: `kind: tag\nname: a\nrule:\n  all:\n${conditions}`,
    line: /a\.yaml:3 {2}tag\/a rule: more than 1000 leaves/,
    fault: { path: "rule", code: "rule_too_large", message: /more than 1000 leaves/ },
  },
  {
    name: "400 KB of YAML",
    yaml: `kind: tag\nname: a\nrule:\n  all:\n${lists}`,
    line: /a\.yaml:1 {2}\d+ bytes; a file of definitions has at most 393216/,
    fault: { path: "", code: "definition_too_large", message: /more than 262,144 characters/ },
  },
  {
    name: "a bomb of aliases",
    yaml: `kind: tag\nname: a\n${bomb}\nrule: *a9\n`,
    line: /a\.yaml:1 {2}aliases that stand for more than 100 copies/,
  },
  {
    name: "brackets without end",
    yaml: `kind: tag\nname: a\nrule: ${"[".repeat(50_000)}`,
    line: /a\.yaml:\d {2}nested too deeply/,
  },
  {
    name: "an indentation that is none",
    yaml: "kind: tag\nname: a\n rule: x\n",
    line: /a\.yaml:[23] {2}/,
  },
];

async function apply(yaml: string) {
  using folder = temporaryFolder({ "a.yaml": yaml });
  return await runStrata(["apply", folder.path, "--url", server.url]);
}

describe.each(REFUSALS)("$name", ({ yaml, line, fault }) => {
  test("is refused by the command line with its line and the reason, and nothing changes", async () => {
    const { exitCode, stderr, stdout } = await apply(yaml);
    expect(exitCode).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.split("\n")[0]).toMatch(/^✗ \d+ faults?; nothing was changed\.$/);
    expect(stderr).toMatch(line);
    // Told, not poured out.
    expect(stderr.length).toBeLessThan(2_000);
    expect(harness.ports.definitions.commits()).toBe(1);
  });

  test("is refused by the API with its path and the reason, and nothing changes", async () => {
    if (!fault) return;
    const definitions = parseAllDocuments(yaml).map((document) => document.toJS() as { kind: string; name: string });
    const changes = definitions
      .map((definition) => ({ op: "put", ...definition, definition }))
      .map(({ op, kind, name, definition }) => ({ op, kind, name, definition }));
    for (const [path, body] of [
      ["/admin/v1/definitions/apply", { changes }],
      ["/admin/v1/definitions/apply", { changes, dryRun: true }],
      ["/admin/v1/preview", { changes }],
    ] as const) {
      const answer = await harness.call("POST", path, { body });
      expect(answer.status).toBe(400);
      const { faults } = answer.body.details as { faults: { path: string; code: string; message: string }[] };
      expect(faults).toContainEqual(expect.objectContaining({ path: fault.path, code: fault.code }));
      expect(faults.map(({ message }) => message).join()).toMatch(fault.message);
    }
    expect(harness.ports.definitions.commits()).toBe(1);
  });
});
