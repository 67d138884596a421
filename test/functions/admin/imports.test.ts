import { describe, expect, test } from "vitest";
import { keyOf } from "#domain/identity/plan-claims.ts";
import { runImport } from "#domain/imports/run-import.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { ImportCreated, ImportPage, ImportView } from "#events/admin-api/imports.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { aPerson, NOON } from "../../support/people.ts";

const path = "/admin/v1/imports";
const request = {
  name: "people.csv",
  format: "csv",
  into: { tag: "vip" },
  columns: [{ column: "Email", identifier: "email" }],
};

async function withDefinitions() {
  const harness = makeAdminHarness();
  await harness.define(
    { kind: "tag", name: "vip" },
    { kind: "tag", name: "ruled", rule: { inactive: { for: "1d" } } } as never,
    { kind: "segment", name: "spring-list", static: true } as never,
  );
  const key = keyOf(["email", "ann@x.org"]);
  const { state } = aPerson("ann");
  await harness.ports.profiles.save(aPerson("ann", { state: { ...state, newestReceivedAt: NOON } }));
  await harness.ports.identities.claim(key, "p_ann" as ProfileId);
  const create = async (changed: object = {}) => {
    const answer = await harness.call("POST", path, { body: { ...request, ...changed } });
    return ImportCreated.parse(answer.body);
  };
  /** What the import function does with the messages that wait. */
  const work = async () => {
    for (const { importId } of harness.ports.importQueue.take()) {
      const { ports } = harness;
      await runImport(
        {
          ...ports,
          objects: ports.importObjects,
          queue: ports.importQueue,
          definitions: { get: ports.inForce, atLeast: ports.inForceAtLeast },
          newId: ports.randomId,
        },
        importId,
        { owner: ports.randomId(), deadline: Number.POSITIVE_INFINITY, onSetback: () => {} },
      );
    }
  };
  return { ...harness, create, work };
}

describe("an import", () => {
  test("is created, uploaded, started and watched to its end", async () => {
    const { call, create, work, ports, tokenOf } = await withDefinitions();
    const { importId, upload, ...created } = await create();
    expect(created).toMatchObject({
      status: "waiting",
      into: "tag:vip",
      mode: "add",
      by: "first-admin",
      errorsUrl: null,
    });
    expect(upload).toEqual({ url: `memory:${importId}/file`, method: "PUT", expiresAt: "2026-11-20T13:00:00.000Z" });
    expect(await call("POST", `${path}/${importId}/start`)).toMatchObject({
      status: 409,
      body: { code: "upload_missing" },
    });
    ports.importObjects.upload(importId, "Email\nann@x.org\nno@x.org\n");
    expect(await call("POST", `${path}/${importId}/start`)).toMatchObject({
      status: 200,
      body: { status: "running", startedAt: "2026-11-20T12:00:00.000Z", fileBytes: 25 },
    });
    await work();
    const answer = await call("GET", `${path}/${importId}`, { token: await tokenOf("viewer") });
    expect(ImportView.parse(answer.body)).toMatchObject({
      status: "done",
      rows: { total: 2, read: 2, applied: 1, unchanged: 0, refused: 1 },
      errors: { person_unknown: 1 },
      firstErrors: [{ row: 3, code: "person_unknown", column: "Email" }],
      errorsUrl: `memory:${importId}/errors`,
      failure: null,
    });
    expect((await call("GET", "/admin/v1/profiles/p_ann")).body).toMatchObject({ memberships: [{ key: "tag:vip" }] });
    expect(ports.audit.entries().map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(
      expect.arrayContaining(["import.create done", "import.start failed", "import.start done"]),
    );
    expect(await call("POST", `${path}/${importId}/start`)).toMatchObject({
      status: 409,
      body: { code: "import_over" },
    });
    expect(await call("POST", `${path}/${importId}/stop`)).toMatchObject({
      status: 409,
      body: { code: "import_over" },
    });
  });

  test("that fails says why and where", async () => {
    const { call, create, work, ports } = await withDefinitions();
    const { importId } = await create();
    ports.importObjects.upload(importId, "Mail\nann@x.org\n");
    await call("POST", `${path}/${importId}/start`);
    await work();
    expect((await call("GET", `${path}/${importId}`)).body).toMatchObject({
      status: "failed",
      failure: { code: "column_missing", row: 1, column: "Email" },
      errorsUrl: null,
    });
  });

  test("stops at once where nobody works it, and can be started again", async () => {
    const { call, create, work, ports } = await withDefinitions();
    const { importId } = await create();
    ports.importObjects.upload(importId, "Email\nann@x.org\n");
    await call("POST", `${path}/${importId}/start`);
    expect((await call("POST", `${path}/${importId}/stop`)).body).toMatchObject({ status: "stopped" });
    await work();
    expect((await call("GET", `${path}/${importId}`)).body).toMatchObject({ status: "stopped", rows: { read: 0 } });
    await call("POST", `${path}/${importId}/start`);
    await work();
    expect((await call("GET", `${path}/${importId}`)).body).toMatchObject({ status: "done", rows: { applied: 1 } });
  });

  test("is listed, newest first, page by page", async () => {
    const { call, create, state } = await withDefinitions();
    for (const name of ["one", "two", "three"]) {
      await create({ name });
      state.now += 1_000;
    }
    const first = ImportPage.parse((await call("GET", `${path}?limit=2`)).body);
    const second = ImportPage.parse((await call("GET", `${path}?limit=2&cursor=${first.cursor}`)).body);
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(["three", "two", "one"]);
    expect(second.cursor).toBeNull();
  });

  test.each([
    [{ into: { tag: "ghost" } }, 404, "tag_unknown"],
    [{ into: { tag: "ruled" } }, 409, "tag_has_rule"],
    [{ into: { segment: "vip" } }, 404, "segment_unknown"],
    [{ columns: [{ column: "Email", identifier: "shoeSize" }] }, 400, "identifier_type_unknown"],
    [{ columns: [] }, 400, "request_invalid"],
    [{ into: { tag: "vip", segment: "spring-list" } }, 400, "request_invalid"],
    [{ format: "xlsx" }, 400, "request_invalid"],
  ])("asked for as %j answers %i %s", async (changed, status, code) => {
    const { call } = await withDefinitions();
    expect(await call("POST", path, { body: { ...request, ...changed } })).toMatchObject({ status, body: { code } });
  });

  test("that nobody knows is 404; a viewer may not make one", async () => {
    const { call, tokenOf } = await withDefinitions();
    expect(await call("GET", `${path}/im_1`)).toMatchObject({ status: 404, body: { code: "import_unknown" } });
    expect(await call("POST", `${path}/im_1/start`)).toMatchObject({ status: 404, body: { code: "import_unknown" } });
    expect(await call("POST", path, { body: request, token: await tokenOf("viewer") })).toMatchObject({ status: 403 });
  });
});
