import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { validateDefinition } from "#domain/definitions/validate.ts";

const EXAMPLES = join(import.meta.dirname, "../../../events/examples");

function readExamples(folder: string): { name: string; example: unknown }[] {
  const files = readdirSync(join(EXAMPLES, folder)).filter((file) => file.endsWith(".json"));
  return files.map((name) => ({ name, example: JSON.parse(readFileSync(join(EXAMPLES, folder, name), "utf8")) }));
}

describe("examples of definitions", () => {
  const valid = readExamples("definitions-valid");
  const invalid = readExamples("definitions-invalid") as {
    name: string;
    example: { definition: unknown; faults: { path: string; code: string }[] };
  }[];

  test("are there", () => {
    expect(valid.length).toBeGreaterThan(5);
    expect(invalid.length).toBeGreaterThan(20);
  });

  test.each(valid)("$name is valid, and parsing leaves it as it was written", ({ example }) => {
    expect(validateDefinition(example)).toEqual({ ok: true, definition: example });
  });

  test.each(invalid)("$name is refused where and why it says", ({ example: { definition, faults } }) => {
    const result = validateDefinition(definition);
    const found = result.ok ? [] : result.faults.map(({ path, code }) => ({ path, code }));
    expect(found.toSorted(byPath)).toEqual(faults.toSorted(byPath));
  });
});

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : 1;
}
