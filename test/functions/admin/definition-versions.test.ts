import { describe, expect, test } from "vitest";
import { DefinitionVersionPage, RollbackAnswer } from "#events/admin-api/definitions.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { aPerson } from "../../support/people.ts";

type Harness = ReturnType<typeof makeAdminHarness>;
const FREQUENT = { kind: "tag", name: "frequent", rule: { orders: { count: { atLeast: 3 } } } };
const WEB = { kind: "source", name: "web", type: "web" };

async function rollBack({ call }: Harness, body: object) {
  const answer = await call("POST", "/admin/v1/definitions/rollback", { body });
  expect(answer.status, answer.text).toBe(200);
  return RollbackAnswer.parse(answer.body);
}

/** What the definitions say, without the versions at which they changed. */
async function inForce({ ports }: Harness) {
  const { definitions } = await ports.definitions.current();
  return definitions.map(({ kind, name, definition, keyHash }) => ({ kind, name, definition, keyHash }));
}

describe("the versions of the definitions", () => {
  test("are listed newest first with who changed what, a page at a time", async () => {
    const harness = makeAdminHarness();
    const { call, define, state } = harness;
    await define(WEB);
    state.now += 1_000;
    await define(FREQUENT, { ...FREQUENT, name: "other" });
    await rollBack(harness, { version: 1 });
    const first = DefinitionVersionPage.parse((await call("GET", "/admin/v1/definitions/versions?limit=2")).body);
    expect(first.items).toMatchObject([
      { version: 3, by: "first-admin", changes: ["tag/frequent", "tag/other"], reason: "rollback to 1" },
      { version: 2, at: "2026-11-20T12:00:01.000Z", changes: ["tag/frequent", "tag/other"], reason: null },
    ]);
    const rest = await call("GET", `/admin/v1/definitions/versions?limit=2&cursor=${first.cursor}`);
    expect(rest.body).toMatchObject({ items: [{ version: 1, changes: ["source/web"] }], cursor: null });
    expect(await call("GET", "/admin/v1/definitions/versions?cursor=x")).toMatchObject({ status: 400 });
  });
});

describe("a rollback", () => {
  test("is one write of a version that equals the earlier one", async () => {
    const harness = makeAdminHarness();
    await harness.define(FREQUENT, { kind: "tag", name: "gone" });
    const then = await inForce(harness);
    await harness.define({ ...FREQUENT, rule: { tag: "gone" } } as never, { kind: "tag", name: "new" });
    await harness.call("DELETE", "/admin/v1/definitions/tag/new");
    const rolled = await rollBack(harness, { version: 1 });
    expect(rolled).toMatchObject({ to: 1, version: 4, changed: true, dryRun: false });
    expect(rolled.changes).toMatchObject([{ kind: "tag", name: "frequent", op: "replace" }]);
    expect(await inForce(harness)).toEqual(then);
    expect(harness.ports.definitions.commits()).toBe(4);
    expect(harness.ports.audit.entries().at(-1)).toMatchObject({
      action: "definitions.rollback",
      target: "tag/frequent",
      outcome: "done",
      details: { version: 4, reason: "rollback to 1" },
    });
  });

  test("to what is in force already writes nothing", async () => {
    const harness = makeAdminHarness();
    await harness.define(FREQUENT);
    expect(await rollBack(harness, { version: 1 })).toMatchObject({ version: 1, changed: false, changes: [] });
    expect(harness.ports.definitions.commits()).toBe(1);
  });

  test("shows what it would do without doing it", async () => {
    const harness = makeAdminHarness();
    await harness.define(FREQUENT);
    await harness.define({ kind: "tag", name: "new" });
    const planned = await rollBack(harness, { version: 1, dryRun: true });
    expect(planned).toMatchObject({
      version: 2,
      dryRun: true,
      changed: true,
      changes: [{ name: "new", op: "remove" }],
    });
    expect(harness.ports.definitions.commits()).toBe(2);
  });

  test("keeps sources made since and keys rotated since, brings removed ones back with their keys, and names them", async () => {
    const harness = makeAdminHarness();
    await harness.define(WEB, { ...WEB, name: "app" }, { ...WEB, name: "old" });
    const keys = new Map((await inForce(harness)).map(({ name, keyHash }) => [name, keyHash]));
    await harness.define({ ...WEB, name: "kiosk" }, FREQUENT);
    await harness.call("POST", "/admin/v1/definitions/source/app/rotate-key");
    await harness.call("DELETE", "/admin/v1/definitions/source/old");
    const rolled = await rollBack(harness, { version: 1 });
    expect(rolled.sources).toEqual({ kept: ["kiosk"], removed: [], restored: ["old"], rotated: ["app"] });
    expect(JSON.stringify(rolled)).not.toContain("writeKey");
    const after = new Map((await inForce(harness)).map(({ name, keyHash }) => [name, keyHash]));
    expect([...after.keys()].toSorted()).toEqual(["app", "kiosk", "old", "web"]);
    expect([after.get("web"), after.get("old")]).toEqual([keys.get("web"), keys.get("old")]);
    expect(after.get("app")).not.toBe(keys.get("app"));
    const all = await rollBack(harness, { version: 1, sources: true });
    expect(all.sources).toMatchObject({ kept: [], removed: ["kiosk"] });
    expect((await inForce(harness)).map(({ name }) => name)).toEqual(["app", "old", "web"]);
  });

  test("to version 0 is to no definitions", async () => {
    const harness = makeAdminHarness();
    await harness.define(FREQUENT);
    await rollBack(harness, { version: 0 });
    expect(await inForce(harness)).toEqual([]);
  });

  test("keeps the thresholds in force, and does not change the currency under people", async () => {
    const harness = makeAdminHarness();
    const { ports, define, call } = harness;
    await define({ kind: "setting", name: "project", currency: "EUR" } as never);
    const thresholds = { at: 1, day: 1, exact: true, values: {} };
    const before = await ports.definitions.current();
    await ports.definitions.commit({ ...before, version: 2, thresholds });
    await define(FREQUENT);
    await rollBack(harness, { version: 1 });
    expect((await ports.definitions.current()).thresholds).toEqual(thresholds);
    await ports.profiles.save(aPerson("ann"));
    expect(await call("POST", "/admin/v1/definitions/rollback", { body: { version: 0 } })).toMatchObject({
      status: 409,
      body: { code: "setting_frozen" },
    });
  });

  test("refuses a version that there never was, and asks for an operator", async () => {
    const { call, tokenOf } = makeAdminHarness();
    const body = { version: 9 };
    const path = "/admin/v1/definitions/rollback";
    expect(await call("POST", path, { body })).toMatchObject({ status: 404, body: { code: "version_unknown" } });
    expect((await call("POST", path, { body, token: await tokenOf("viewer") })).status).toBe(403);
  });
});
