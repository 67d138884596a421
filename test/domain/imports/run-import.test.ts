import { describe, expect, test } from "vitest";
import type { MembershipKey, ProfileId } from "#domain/profile/state.ts";
import { makeImportHarness } from "../../support/import-harness.ts";
import { membershipFact } from "../../support/people.ts";

async function withPeople() {
  const harness = makeImportHarness();
  await harness.person("ann", [["email", "ann@x.org"]]);
  await harness.person("bob", [
    ["email", "bob@x.org"],
    ["phone", "+8613800138000"],
  ]);
  await harness.person("eve", [["userId", "e-1"]]);
  return harness;
}

const spring = "segment:spring-list" as MembershipKey;

describe("an import", () => {
  test("puts the people of its rows into a tag, and says of every other row why not", async () => {
    const { started, finish, holders, ports } = await withPeople();
    const file =
      '\ufeffname,email\r\nAnn, ANN@x.org \r\nNobody,no@x.org\r\nJunk,null\r\nNone,\r\nAgain,ann@x.org\r\n"B\nob",bob@x.org\r\n';
    const importId = await started(file);
    expect(await finish(importId)).toMatchObject({
      status: "done",
      total: 6,
      rows: { read: 6, applied: 2, unchanged: 1, refused: 3 },
      errors: { person_unknown: 1, identifier_junk: 1, identifier_missing: 1 },
    });
    expect(holders()).toEqual(["p_ann", "p_bob"]);
    expect(ports.objects.errors(importId)).toEqual([
      { row: 3, code: "person_unknown", column: "email" },
      { row: 4, code: "identifier_junk", column: "email", value: "null" },
      { row: 5, code: "identifier_missing", column: "email" },
    ]);
    expect(ports.facts.published).toMatchObject([
      { key: "tag:vip", change: "entered", because: [{ path: "manual", seen: { by: `import:${importId}#2` } }] },
      { key: "tag:vip", change: "entered" },
    ]);
    expect(ports.profiles.all().every(({ outbox }) => outbox.length === 0)).toBe(true);
  });

  test("of NDJSON into a static segment asks its columns in order, with the project's region", async () => {
    const { started, finish, holders, ports } = await withPeople();
    const lines = [
      { phone: "138 0013 8000", email: "no@x.org" },
      { email: "ann@x.org" },
      { id: 7 },
      [1],
      { email: 7.5 },
    ];
    const importId = await started(lines.map((line) => JSON.stringify(line)).join("\n"), {
      format: "ndjson",
      key: spring,
      columns: [
        { column: "email", identifier: "email" },
        { column: "phone", identifier: "phone" },
      ],
    });
    expect(await finish(importId)).toMatchObject({ status: "done", rows: { read: 5, applied: 2, refused: 3 } });
    expect(holders(spring)).toEqual(["p_ann", "p_bob"]);
    expect(ports.objects.errors(importId)).toMatchObject([
      { row: 3, code: "identifier_missing" },
      { row: 4, code: "row_malformed" },
      { row: 5, code: "identifier_not_text" },
    ]);
  });

  test("a second time changes nobody and writes no profile", async () => {
    const { started, finish, ports } = await withPeople();
    await finish(await started("email\nann@x.org\nbob@x.org\n"));
    const writes = ports.profiles.writes();
    expect(await finish(await started("email\nann@x.org\nbob@x.org\n", { importId: "im_2" }))).toMatchObject({
      rows: { applied: 0, unchanged: 2 },
    });
    expect(ports.profiles.writes()).toBe(writes);
  });

  test("that removes takes out whom it names; one that replaces whom it does not", async () => {
    const { started, finish, holders, ports, person } = await withPeople();
    await person("kim", [["email", "kim@x.org"]]);
    await finish(await started("email\nann@x.org\nbob@x.org\nkim@x.org\n"));
    await finish(await started("email\nkim@x.org\n", { importId: "im_2", mode: "remove" }));
    expect(holders()).toEqual(["p_ann", "p_bob"]);
    const replaced = await started("email\nann@x.org\nkim@x.org\nno@x.org\n", { importId: "im_3", mode: "replace" });
    const before = ports.profiles.writes();
    expect(await finish(replaced)).toMatchObject({
      status: "done",
      rows: { applied: 1, unchanged: 1, refused: 1 },
      removed: 1,
    });
    expect(holders()).toEqual(["p_ann", "p_kim"]);
    // One for whoever enters or leaves, and one to clear the outbox: nobody else is written.
    expect(ports.profiles.writes() - before).toBe(4);
  });

  test("that replaces keeps whom a merge has absorbed a named person into", async () => {
    const { started, finish, holders, ports, turn, clock } = await withPeople();
    await finish(await started("email\nann@x.org\nbob@x.org\n"));
    const importId = await started("email\nbob@x.org\n", { importId: "im_2", mode: "replace" });
    await turn(importId);
    const [ann, bob] = await Promise.all(
      ["p_ann", "p_bob"].map(async (id) => (await ports.profiles.load([id as ProfileId])).get(id as ProfileId)),
    );
    if (!ann || !bob) throw new Error("gone");
    await ports.profiles.save({
      ...ann,
      version: ann.version + 1,
      state: { ...ann.state, absorbed: new Set([bob.id]) },
    });
    await ports.profiles.save({ ...bob, version: bob.version + 1, mergedInto: ann.id, memberships: new Map() });
    clock.now += 60_000;
    expect(await finish(importId)).toMatchObject({ removed: 0 });
    expect(holders()).toEqual(["p_ann"]);
  });

  test("that would empty the tag, since it names nobody, fails instead", async () => {
    const { started, finish, holders } = await withPeople();
    await finish(await started("email\nann@x.org\n"));
    const importId = await started("email\nno@x.org\n", { importId: "im_2", mode: "replace" });
    expect(await finish(importId)).toMatchObject({ status: "failed", failure: { code: "nobody_found" }, removed: 0 });
    expect(holders()).toEqual(["p_ann"]);
  });

  test("does not undo what a hand has decided since it began", async () => {
    const { started, finish, ports, clock, holders } = await withPeople();
    const importId = await started("email\nann@x.org\nbob@x.org\n");
    const ann = (await ports.profiles.load(["p_ann" as ProfileId])).get("p_ann" as ProfileId);
    if (!ann) throw new Error("gone");
    const manualTags = new Map([["vip", { on: false, at: clock.now + 5, by: "kim" }]]);
    await ports.profiles.save({ ...ann, version: 2, state: { ...ann.state, manualTags } });
    expect(await finish(importId)).toMatchObject({ errors: { changed_meanwhile: 1 }, rows: { applied: 1 } });
    expect(holders()).toEqual(["p_bob"]);
  });

  test("publishes what an earlier write still owed, first", async () => {
    const { started, finish, ports, person } = await withPeople();
    const owing = { id: "p_kim" as ProfileId, version: 1 };
    await person("kim", [["email", "kim@x.org"]], { outbox: [membershipFact(owing as never, "tag:old")] });
    await finish(await started("email\nkim@x.org\n"));
    expect(ports.facts.published.map(({ factId }) => factId)).toEqual(["p_kim:1:0", "p_kim:2:0"]);
  });

  test("whose tag has got a rule meanwhile fails, and says so", async () => {
    const { started, finish } = await withPeople();
    const importId = await started("email\nann@x.org\n", { key: "tag:ruled" as MembershipKey });
    expect(await finish(importId)).toMatchObject({ status: "failed", failure: { code: "tag_has_rule" } });
  });

  test("that is stopped keeps what was done, and goes on from there", async () => {
    const { started, turn, job, ports, finish, holders } = await withPeople();
    const importId = await started("email\nann@x.org\nbob@x.org\n");
    const item = await ports.work.find("imports", importId);
    if (!item) throw new Error("gone");
    await ports.work.save({ ...item, revision: 2, body: { ...(item.body as object), stopping: true } });
    expect(await turn(importId)).toBe("nothing_to_do");
    expect(await job(importId)).toMatchObject({ status: "stopped" });
    const stopped = await ports.work.find("imports", importId);
    if (!stopped) throw new Error("gone");
    const body = { ...(stopped.body as object), status: "running" };
    await ports.work.save({ ...stopped, revision: stopped.revision + 1, body });
    expect(await finish(importId)).toMatchObject({ status: "done", rows: { applied: 2 } });
    expect(holders()).toHaveLength(2);
  });

  test("is worked by one worker at a time; when that one is silent, by another", async () => {
    const { started, turn, ports, clock, job } = await withPeople();
    const importId = await started("email\nann@x.org\n");
    const dead = { ...ports.objects, read: () => new Promise<never>(() => {}) };
    void turn(importId, { ports: { objects: dead } });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await turn(importId)).toBe("nothing_to_do");
    clock.now += 61_000;
    expect(await turn(importId)).toBe("ended");
    expect(await job(importId)).toMatchObject({ status: "done", rows: { applied: 1 } });
  });
});
