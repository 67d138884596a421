import { describe, expect, test } from "vitest";
import { parseFile } from "../../../../console/cli/definitions/parse-file.ts";
import { readFolder } from "../../../../console/cli/definitions/read-folder.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("a file of definitions", () => {
  test("several documents, empty ones left out, each with its line", () => {
    const { definitions, faults } = parseFile(
      "tags.yaml",
      "# a comment\n---\nkind: tag\nname: a\n---\n---\n\nkind: tag\nname: b\n---\n",
    );
    expect(faults).toEqual([]);
    expect(definitions.map(({ kind, name, line }) => ({ kind, name, line }))).toEqual([
      { kind: "tag", name: "a", line: 3 },
      { kind: "tag", name: "b", line: 8 },
    ]);
  });

  test("a part of a definition is found on its line, and a part that is missing on the nearest around it", () => {
    const text = [
      "kind: tag",
      "name: a",
      "rule:",
      "  all:",
      "    - tag: x",
      "    - did:",
      "        event: Order Completed",
      "        within: 30 days",
      '        "odd key": 1',
    ].join("\n");
    const [definition] = parseFile("a.yaml", text).definitions;
    const lineOf = (path: string): number | undefined => definition?.lineOf(path);
    expect(lineOf("")).toBe(1);
    expect(lineOf("name")).toBe(2);
    expect(lineOf("rule.all[0].tag")).toBe(5);
    expect(lineOf("rule.all[1].did.within")).toBe(8);
    expect(lineOf("rule.all.1.did.within")).toBe(8);
    expect(lineOf('rule.all[1].did["odd key"]')).toBe(9);
    expect(lineOf("rule.all[1].did.atLeast")).toBe(6);
    expect(lineOf("title.en")).toBe(1);
  });

  test.each([
    ["bad syntax", "kind: tag\nname: a\nrule: [1, 2\n", 4],
    ["a key that is there twice", "kind: tag\nname: a\nname: b\n", 3],
    ["a tab as indentation", "kind: tag\nrule:\n\tall: 1\n", 3],
    ["a list", "kind: tag\nname: a\n---\n- 1\n", 4],
    ["a text", "hello\n", 1],
    ["a missing kind", "\nname: a\n", 2],
    ["a missing name", "\n\nkind: tag\n", 3],
    ["a name that is no text", "kind: tag\nname: 12\n", 1],
  ])("%s is a fault with its line", (_what, text, line) => {
    const { faults } = parseFile("a.yaml", text);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults[0]).toMatchObject({ file: "a.yaml", line });
  });

  test("a bomb of aliases is refused before it expands", () => {
    const levels = Array.from({ length: 12 }, (_, i) => {
      const aliases = Array.from({ length: 10 }, () => `*a${i}`).join(", ");
      return `a${i + 1}: &a${i + 1} [${aliases}]`;
    });
    const { definitions, faults } = parseFile(
      "bomb.yaml",
      ["kind: tag", "name: a", "a0: &a0 [x]", ...levels].join("\n"),
    );
    expect(definitions).toEqual([]);
    expect(faults[0]?.message).toContain("alias");
  });

  test("ten thousand levels are a fault, not a crash", () => {
    const { definitions, faults } = parseFile("deep.yaml", `kind: tag\nname: a\nrule: ${"[".repeat(10_000)}`);
    expect(definitions).toEqual([]);
    expect(faults.length).toBeGreaterThan(0);
  });

  test("__proto__ is a key like any other and changes no prototype", () => {
    const [definition] = parseFile("a.yaml", "kind: tag\nname: a\n__proto__: { polluted: true }\n").definitions;
    expect(Object.hasOwn(definition?.definition ?? {}, "__proto__")).toBe(true);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("a folder of definitions", () => {
  test("is read with its subfolders, by extension, in order of the names", async () => {
    using folder = temporaryFolder({
      "b.yml": "kind: tag\nname: b\n",
      "sub/deep/a.yaml": "kind: tag\nname: a\n",
      "notes.md": "kind: tag\nname: no\n",
    });
    expect((await readFolder(folder.path)).map(({ name }) => name)).toEqual(["b", "a"]);
  });

  test("every fault of every file is told, with its line", async () => {
    using folder = temporaryFolder({ "a.yaml": "kind: tag\n", "b.yaml": "kind: tag\nname: [\n" });
    await expect(readFolder(folder.path)).rejects.toMatchObject({
      code: "definitions_faulty",
      lines: [expect.stringMatching(/a\.yaml:1 {2}.*name.*missing/), expect.stringMatching(/b\.yaml:3 /)],
    });
  });

  test("the same definition in two places is a fault that names both", async () => {
    using folder = temporaryFolder({ "a.yaml": "kind: tag\nname: x\n", "b.yaml": "\nkind: tag\nname: x\n" });
    await expect(readFolder(folder.path)).rejects.toMatchObject({
      lines: [expect.stringMatching(/b\.yaml:2 {2}tag x is already in .*a\.yaml:1$/)],
    });
  });

  test("a folder that is not there is said so", async () => {
    await expect(readFolder("/nonexistent/folder")).rejects.toMatchObject({ code: "folder_unreadable" });
  });
});
