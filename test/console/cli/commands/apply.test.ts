import pc from "picocolors";
import { describe, expect, test } from "vitest";
import { renderDiff, summariseDiff } from "../../../../console/cli/definitions/render-diff.ts";
import { type FakeAnswer, type FakeRequest, startFakeServer } from "../fake-server.ts";
import { runStrata } from "../run-strata.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const FILES = { "tags.yaml": "kind: tag\nname: new\nrule:\n  tag: other\n---\nkind: tag\nname: same\n" };
const CHANGES = [
  { kind: "tag", name: "new", op: "create", after: { kind: "tag", name: "new", rule: { tag: "other" } } },
  { kind: "tag", name: "same", op: "unchanged" },
];

interface Change {
  op: string;
  kind: string;
  name: string;
}

/** Answers change sets as the server does: a removal is a removal, everything else as given. */
function answerApply({ body }: FakeRequest): FakeAnswer {
  const { dryRun, changes } = body as { dryRun: boolean; changes: Change[] };
  const removed = changes
    .filter(({ op }) => op === "remove")
    .map(({ kind, name }) => ({ kind, name, op: "remove", before: {} }));
  return { body: { version: dryRun ? 7 : 8, dryRun, changed: true, changes: [...CHANGES, ...removed] } };
}

function listed(...names: string[]): () => FakeAnswer {
  const items = names.map((name) => ({ kind: "x", name, version: 1, definition: {} }));
  return () => ({ body: { items, cursor: null } });
}

const PRUNABLE = {
  "POST /admin/v1/definitions/apply": answerApply,
  "GET /admin/v1/definitions/tag": listed("new", "same", "old"),
  "GET /admin/v1/definitions/trait": listed("birthday"),
  "GET /admin/v1/definitions/segment": listed(),
  "GET /admin/v1/definitions/ladder": listed(),
  "GET /admin/v1/definitions/template": listed(),
  "GET /admin/v1/definitions/channel": listed(),
  "GET /admin/v1/definitions/journey": listed(),
  "GET /admin/v1/definitions/source": listed("web", "server"),
  "GET /admin/v1/definitions/setting": listed("project"),
};

function posted(requests: readonly FakeRequest[]): { dryRun: boolean; changes: Change[] }[] {
  return requests.filter(({ method }) => method === "POST").map(({ body }) => body as never);
}

describe("apply", () => {
  test("shows what changes and where it is written, then applies all of it as one change set", async () => {
    await using server = await startFakeServer({ "POST /admin/v1/definitions/apply": answerApply });
    using folder = temporaryFolder(FILES);
    const ran = await runStrata(["apply", folder.path, "--url", server.url]);
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toMatch(/\+ tag new {2}.*tags\.yaml:1/);
    expect(ran.stdout).toContain("+ rule:");
    expect(ran.stdout).toContain("Version 8 is in force: 1 new, 1 unchanged.");
    expect(posted(server.requests).map(({ dryRun, changes }) => [dryRun, changes.length])).toEqual([
      [true, 2],
      [false, 2],
    ]);
  });

  test("--dry-run changes nothing", async () => {
    await using server = await startFakeServer({ "POST /admin/v1/definitions/apply": answerApply });
    using folder = temporaryFolder(FILES);
    const ran = await runStrata(["apply", folder.path, "--dry-run", "--url", server.url]);
    expect(ran.stdout).toContain("nothing was changed");
    expect(posted(server.requests).map(({ dryRun }) => dryRun)).toEqual([true]);
  });

  test("nothing to change is said and nothing is posted twice", async () => {
    await using server = await startFakeServer({
      "POST /admin/v1/definitions/apply": () => ({ body: { version: 7, dryRun: true, changed: false, changes: [] } }),
    });
    using folder = temporaryFolder(FILES);
    const ran = await runStrata(["apply", folder.path, "--url", server.url]);
    expect(ran).toMatchObject({ exitCode: 0, stdout: "Nothing to change; version 7 is in force.\n" });
    expect(server.requests).toHaveLength(1);
  });

  test("the server's faults are shown with their file and line", async () => {
    const faults = [
      { change: 0, kind: "tag", name: "new", path: "rule.tag", code: "tag_unknown", message: "there is no tag other" },
      { path: "rule", code: "definition_cycle", message: "same → same", definition: "tag/same" },
      { path: "", code: "definition_in_use", message: "names same", definition: "tag/elsewhere" },
    ];
    await using server = await startFakeServer({
      "POST /admin/v1/definitions/apply": () => ({
        status: 400,
        body: { code: "definition_invalid", message: "3 faults", details: { faults }, requestId: "r" },
      }),
    });
    using folder = temporaryFolder(FILES);
    const ran = await runStrata(["apply", folder.path, "--url", server.url]);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toMatch(/tags\.yaml:4 {2}tag\/new rule\.tag: there is no tag other/);
    expect(ran.stderr).toMatch(/tags\.yaml:6 {2}tag\/same rule: same → same/);
    expect(ran.stderr).toMatch(/^ {2}tag\/elsewhere: names same/m);
  });

  test("a new source's key is shown", async () => {
    const changes = [{ kind: "source", name: "shop", op: "create", after: {}, writeKey: "wk_secret" }];
    await using server = await startFakeServer({
      "POST /admin/v1/definitions/apply": () => ({ body: { version: 8, dryRun: false, changed: true, changes } }),
    });
    using folder = temporaryFolder({ "a.yaml": "kind: source\nname: shop\ntype: web\n" });
    const ran = await runStrata(["apply", folder.path, "--url", server.url]);
    expect(ran.stdout).toContain("shop  wk_secret");
  });
});

describe("apply --prune", () => {
  test("removes tags and traits that the folder lacks, and neither sources nor settings where it has none", async () => {
    await using server = await startFakeServer(PRUNABLE);
    using folder = temporaryFolder(FILES);
    const ran = await runStrata(["apply", folder.path, "--prune", "--yes", "--url", server.url]);
    expect(ran.exitCode).toBe(0);
    const removed = posted(server.requests)[1]?.changes.filter(({ op }) => op === "remove");
    expect(removed?.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual(["tag old", "trait birthday"]);
  });

  test("removes sources too once the folder has some", async () => {
    await using server = await startFakeServer(PRUNABLE);
    using folder = temporaryFolder({ ...FILES, "sources.yaml": "kind: source\nname: web\ntype: web\n" });
    await runStrata(["apply", folder.path, "--prune", "--yes", "--url", server.url]);
    const removed = posted(server.requests)[1]?.changes.filter(({ op }) => op === "remove");
    expect(removed?.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      "source server",
      "tag old",
      "trait birthday",
    ]);
  });

  test("without anybody to ask and without --yes nothing is changed", async () => {
    await using server = await startFakeServer(PRUNABLE);
    using folder = temporaryFolder(FILES);
    const ran = await runStrata(["apply", folder.path, "--prune", "--url", server.url]);
    expect(ran.exitCode).toBe(2);
    expect(ran.stdout).toContain("- tag old");
    expect(ran.stderr).toContain("--yes");
    expect(posted(server.requests).map(({ dryRun }) => dryRun)).toEqual([true]);
  });

  test("an empty folder never removes everything", async () => {
    await using server = await startFakeServer(PRUNABLE);
    using folder = temporaryFolder();
    const ran = await runStrata(["apply", folder.path, "--prune", "--yes", "--url", server.url]);
    expect(ran.exitCode).toBe(1);
    expect(server.requests).toEqual([]);
  });
});

describe("a diff", () => {
  const plain = pc.createColors(false);

  test("shows of a replaced definition only what changed, whatever the order of its keys", () => {
    const before = {
      kind: "tag",
      name: "a",
      title: { en: "A", zh: "甲" },
      rule: { orders: { count: { atLeast: 3 } } },
    };
    const after = { name: "a", kind: "tag", rule: { orders: { count: { atLeast: 5 } } }, title: { zh: "甲", en: "A" } };
    const lines = renderDiff([{ kind: "tag", name: "a", op: "replace", before, after }], () => "a.yaml:1", plain);
    expect(lines).toEqual([
      "~ tag a  a.yaml:1",
      "        orders:",
      "          count:",
      "    -       atLeast: 3",
      "    +       atLeast: 5",
      "      title:",
      "        en: A",
    ]);
  });

  test("leaves out what is unchanged, and counts it", () => {
    const changes = [
      { kind: "tag", name: "a", op: "unchanged" as const },
      { kind: "tag", name: "b", op: "remove" as const, before: { rule: {} } },
    ];
    expect(renderDiff(changes, () => undefined, plain)).toEqual(["- tag b"]);
    expect(summariseDiff(changes)).toBe("1 removed, 1 unchanged");
  });
});
