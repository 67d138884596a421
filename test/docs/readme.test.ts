import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { validateDefinition } from "#domain/definitions/validate.ts";
import { routes } from "#functions/admin/routes.ts";
import { type Document, leadsSomewhere, readDocument, root } from "./markdown.ts";

const english = readDocument("README.md");
const chinese = readDocument("README.zh-CN.md");
const documents = [
  english,
  chinese,
  ...[
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "console/cli/README.md",
    "console/cli/demo/data/ATTRIBUTION.md",
    "events/README.md",
    "functions/README.md",
    "infra/README.md",
    "infra/runbook.md",
    "layers/README.md",
    "layers/geo/README.md",
  ].map(readDocument),
];
const readmes = [english, chinese];
const byFile = (list: readonly Document[]) => list.map((document) => [document.file, document] as const);

describe.each(byFile(documents))("%s", (_, document) => {
  test("every link within the repository leads to something", () => {
    const broken = document.links.filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(document, link));
    expect(broken).toEqual([]);
  });

  test("every npm script exists", () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: object };
    const named = Array.from(
      document.text.matchAll(/npm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g),
      ([, run, short]) => run ?? short ?? "",
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test("every path named in code exists", () => {
    const inline = Array.from(document.prose.matchAll(/`([^`\n]+)`/g), ([, code = ""]) => code);
    const paths = inline.filter((code) =>
      /^(?:events|layers|functions|infra|console|test)\/[\w./-]*(?:\/|\.\w+)$/.test(code),
    );
    expect(paths.filter((named) => !existsSync(path.join(root, named)))).toEqual([]);
  });
});

describe.each(byFile(readmes))("%s", (_, readme) => {
  test("says enough to be tested", () => {
    expect(readme.links.length).toBeGreaterThan(60);
    expect(readme.blocks.length).toBeGreaterThan(15);
  });

  test("every command of strata exists", () => {
    const help = execFileSync(process.execPath, [path.join(root, "console/cli/main.ts"), "--help"], {
      encoding: "utf8",
    });
    const commands = Array.from(help.matchAll(/^ {2}([a-z][a-z-]+) /gm), ([, name = ""]) => name);
    expect(commands).toContain("apply");
    const used = Array.from(readme.text.matchAll(/run (?:-s )?strata -- ([a-z][a-z-]*)/g), ([, name = ""]) => name);
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((name) => !commands.includes(name))).toEqual([]);
  });

  test("every route of the admin API that it names exists", () => {
    const named = Array.from(
      readme.prose.matchAll(/`(GET|PUT|POST|DELETE) (\/admin\/v1\/[^?`]*)/g),
      ([, method, route]) => `${method} ${route}`,
    );
    expect(named.length).toBeGreaterThan(20);
    const existing = new Set(routes.map((route) => `${route.method} ${route.path}`));
    expect(named.filter((route) => !existing.has(route))).toEqual([]);
  });

  test("a choice of deployment is one that is read", () => {
    const read = readFileSync(path.join(root, "infra/deployment-context.ts"), "utf8");
    const choices = Array.from(readme.text.matchAll(/-c (\w+)=/g), ([, name = ""]) => name);
    const declared = Array.from(read.matchAll(/tryGetContext\("(\w+)"\)/g), ([, name = ""]) => name);
    expect(new Set(choices)).toEqual(new Set(declared));
  });

  test("its definitions are valid, and the demo shop's own", () => {
    const shown = readme.blocks.filter(({ language }) => language === "yaml").flatMap(({ code }) => readYaml(code));
    expect(shown.length).toBeGreaterThan(0);
    const shop = readRetailDefinitions();
    for (const definition of shown) {
      expect(validateDefinition(definition)).toMatchObject({ ok: true });
      expect(shop).toContainEqual(definition);
    }
  });

  test("every rule leaf shown is valid", () => {
    const row = /^\| `(?:did|sum|orders|activeDays|trait|acquisition|place|tag)`.*$/gm;
    const table = Array.from(readme.prose.matchAll(row), ([line]) => line.slice(line.indexOf(" | ")));
    const leaves = table.flatMap((line) =>
      Array.from(
        line.matchAll(/`((?:did|sum|orders|activeDays|inactive|trait|acquisition|place|device|tag): [^`]+)`/g),
      ),
    );
    expect(leaves.length).toBeGreaterThanOrEqual(10);
    for (const [, leaf = ""] of leaves) {
      const [rule] = readYaml(leaf);
      expect(validateDefinition({ kind: "tag", name: "example", rule }), leaf).toMatchObject({ ok: true });
    }
  });
});

describe("the two READMEs", () => {
  test("have the same sections", () => {
    const outline = ({ headings }: Document) => headings.map(({ level }) => level);
    expect(outline(chinese)).toEqual(outline(english));
  });

  test("show the same commands, code and output", () => {
    const shown = ({ blocks }: Document) =>
      blocks
        .filter(({ language }) => language !== "" && language !== "mermaid")
        .map(({ language, code }) => `${language}\n${code}`)
        .toSorted();
    expect(shown(chinese)).toEqual(shown(english));
  });

  test("name the same files", () => {
    const files = ({ links }: Document) =>
      [...new Set(links.filter((link) => !link.startsWith("#") && !link.startsWith("README")))].toSorted();
    expect(files(chinese)).toEqual(files(english));
  });
});

function readYaml(text: string): unknown[] {
  return parseAllDocuments(text).map((document) => document.toJS() as unknown);
}

function readRetailDefinitions(): unknown[] {
  const folder = path.join(root, "events/examples/definitions/retail");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .flatMap((file) => readYaml(readFileSync(path.join(folder, file), "utf8")));
}
