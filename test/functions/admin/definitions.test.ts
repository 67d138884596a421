import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashOf } from "#functions/admin/auth.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { aPerson } from "../../support/people.ts";

const frequent = { rule: { did: { event: "Order Completed", within: "30d", atLeast: 3 } } };
const tagAt = (name: string) => `/admin/v1/definitions/tag/${name}`;

describe("one definition", () => {
  test("is created, read with its ETag, replaced by version and removed", async () => {
    const { call, ports } = makeAdminHarness();
    const created = await call("PUT", tagAt("frequent"), { body: frequent });
    expect(created).toMatchObject({
      status: 201,
      headers: { etag: '"1"' },
      body: { kind: "tag", name: "frequent", version: 1, definition: { kind: "tag", name: "frequent", ...frequent } },
    });
    expect((await call("GET", tagAt("frequent"))).headers.etag).toBe('"1"');
    const replaced = await call("PUT", tagAt("frequent"), { body: {}, headers: { "If-Match": '"1"' } });
    expect(replaced).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: { version: 2 } });
    const earlier = await call("GET", `${tagAt("frequent")}?version=1`);
    expect(earlier.body).toMatchObject({ version: 1, definition: frequent });
    expect(await call("DELETE", tagAt("frequent"))).toMatchObject({ status: 200, body: { version: 3 } });
    expect(await call("GET", tagAt("frequent"))).toMatchObject({ status: 404, body: { code: "definition_unknown" } });
    expect((await call("GET", `${tagAt("frequent")}?version=2`)).status).toBe(200);
    expect(await call("GET", `${tagAt("frequent")}?version=9`)).toMatchObject({ body: { code: "version_unknown" } });
    expect(ports.audit.entries()).toMatchObject([
      { action: "definitions.put", target: "tag/frequent", outcome: "done", requestId: "r" },
      { action: "definitions.put", target: "tag/frequent", outcome: "done" },
      { action: "definitions.remove", target: "tag/frequent", outcome: "done" },
    ]);
  });

  test("is not replaced without If-Match, nor with a stale one", async () => {
    const { call, ports } = makeAdminHarness();
    await call("PUT", tagAt("vip"), { body: {} });
    expect(await call("PUT", tagAt("vip"), { body: frequent })).toMatchObject({
      status: 428,
      body: { code: "version_required", details: { version: 1 } },
      headers: { etag: '"1"' },
    });
    for (const stale of ['"7"', "0", "abc", '""']) {
      const answer = await call("PUT", tagAt("vip"), { body: frequent, headers: { "if-match": stale } });
      expect(answer).toMatchObject({ status: 412, body: { code: "version_stale", details: { version: 1 } } });
    }
    expect(await call("PUT", tagAt("new"), { body: {}, headers: { "if-match": '"1"' } })).toMatchObject({
      status: 412,
    });
    expect(await call("DELETE", tagAt("vip"), { headers: { "if-match": '"7"' } })).toMatchObject({ status: 412 });
    expect(ports.definitions.commits()).toBe(1);
    for (const good of ["1", 'W/"1"', '"9", "1"', "*"]) {
      const answer = await call("PUT", tagAt("vip"), { body: {}, headers: { "if-match": good } });
      expect(answer).toMatchObject({ status: 200, body: { version: 1 } });
    }
    expect(ports.definitions.commits()).toBe(1);
  });

  test.each<[string, object, string, string]>([
    ["a bad duration", { rule: { did: { event: "x", within: "30 days" } } }, "definition_invalid", "rule.did.within"],
    ["an unknown key", { ruel: {} }, "definition_invalid", "ruel"],
    ["another name", { name: "other" }, "definition_contradicts", "name"],
    ["another kind", { kind: "source" }, "definition_contradicts", "kind"],
    ["itself", { rule: { tag: "vip" } }, "definition_cycle", "rule"],
    ["a tag that is not there", { rule: { tag: "ghost" } }, "definition_unknown_reference", "rule.tag"],
  ])("naming %s is refused with the path of the fault, and nothing changes", async (_, body, code, path) => {
    const { call, ports } = makeAdminHarness();
    const answer = await call("PUT", tagAt("vip"), { body });
    expect(answer).toMatchObject({ status: 400, body: { code } });
    expect(answer.body.details).toMatchObject({ faults: expect.arrayContaining([expect.objectContaining({ path })]) });
    expect(ports.definitions.commits()).toBe(0);
    expect(ports.audit.entries()).toEqual([]);
  });

  test("of a kind that there is not is refused", async () => {
    const { call } = makeAdminHarness();
    expect(await call("PUT", "/admin/v1/definitions/campaign/welcome", { body: {} })).toMatchObject({
      status: 400,
      body: { code: "request_invalid" },
    });
  });

  test("that another one names cannot be removed", async () => {
    const { call, define, ports } = makeAdminHarness();
    await define({ kind: "tag", name: "vip" }, { kind: "tag", name: "top", rule: { tag: "vip" } } as never);
    expect(await call("DELETE", tagAt("vip"))).toMatchObject({
      status: 400,
      body: { code: "definition_unknown_reference" },
    });
    expect(ports.definitions.commits()).toBe(1);
  });

  test("traits keep names of their own", async () => {
    const { call } = makeAdminHarness();
    const at = "/admin/v1/definitions/trait/lifetimeValue";
    expect((await call("PUT", at, { body: { mode: "add", type: "number" } })).status).toBe(201);
    expect((await call("GET", at)).body).toMatchObject({ name: "lifetimeValue" });
    const list = await call("GET", "/admin/v1/definitions/trait");
    expect(list.body).toMatchObject({ items: [{ name: "lifetimeValue" }], cursor: null });
  });
});

describe("a source", () => {
  const web = "/admin/v1/definitions/source/web";

  test("gets a key from the server, shown once and kept as a hash", async () => {
    const { call, ports } = makeAdminHarness();
    const { body, status } = await call("PUT", web, { body: { kind: "source", name: "web", type: "web" } });
    expect(status).toBe(201);
    const key = String(body.writeKey);
    expect(key).toMatch(/^wk_/);
    expect((await ports.inForce()).sourcesByKeyHash.get(hashOf(key).toString("hex"))).toMatchObject({ name: "web" });
    for (const path of [web, "/admin/v1/definitions/source", "/admin/v1/audit"]) {
      const { text } = await call("GET", path);
      expect(text).not.toContain(key);
      expect(text).not.toContain(hashOf(key).toString("hex"));
    }
  });

  test("keeps its key when it is replaced, and loses it when it is rotated", async () => {
    const { call, ports } = makeAdminHarness();
    const first = hashOf(String((await call("PUT", web, { body: { type: "web" } })).body.writeKey)).toString("hex");
    const replaced = await call("PUT", web, { body: { type: "web", public: false }, headers: { "if-match": "1" } });
    expect(replaced.body).not.toHaveProperty("writeKey");
    expect((await ports.inForce()).sourcesByKeyHash.get(first)).toMatchObject({ public: false });
    const rotated = await call("POST", `${web}/rotate-key`);
    expect(rotated).toMatchObject({ status: 200, body: { kind: "source", name: "web", version: 3 } });
    const second = hashOf(String(rotated.body.writeKey)).toString("hex");
    expect([...(await ports.inForce()).sourcesByKeyHash.keys()]).toEqual([second]);
    expect(ports.audit.entries().at(-1)).toMatchObject({ action: "source.rotate-key", target: "source/web" });
    expect((await call("POST", "/admin/v1/definitions/source/app/rotate-key")).status).toBe(404);
  });
});

describe("the project's setting", () => {
  const project = "/admin/v1/definitions/setting/project";

  test("changes time zone and currency only while there is nobody", async () => {
    const { call, ports } = makeAdminHarness();
    expect((await call("PUT", project, { body: { timeZone: "Asia/Shanghai", currency: "CNY" } })).status).toBe(201);
    await ports.profiles.save(aPerson("ann"));
    const etag = { "if-match": '"1"' };
    const frozen = await call("PUT", project, { body: { timeZone: "UTC", currency: "CNY" }, headers: etag });
    expect(frozen).toMatchObject({
      status: 409,
      body: { code: "setting_frozen", details: { faults: [{ path: "timeZone" }] } },
    });
    expect(await call("DELETE", project)).toMatchObject({ status: 409 });
    const changes = [{ op: "remove", kind: "setting", name: "project" }];
    for (const dryRun of [true, false]) {
      expect((await call("POST", "/admin/v1/definitions/apply", { body: { changes, dryRun } })).status).toBe(409);
    }
    const rest = { timeZone: "Asia/Shanghai", currency: "CNY", region: "CN" };
    expect((await call("PUT", project, { body: rest, headers: etag })).status).toBe(200);
    expect(ports.definitions.commits()).toBe(2);
  });
});

describe("a change set", () => {
  const apply = "/admin/v1/definitions/apply";
  const put = (name: string, definition: object = {}) => ({ op: "put", kind: "tag", name, definition });

  test("is one version; answers what changed; again, it changes nothing", async () => {
    const { call, ports } = makeAdminHarness();
    const changes = [
      put("a"),
      put("b", { rule: { tag: "a" } }),
      { op: "put", kind: "source", name: "web", definition: { type: "web" } },
    ];
    const answer = await call("POST", apply, { body: { changes } });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        version: 1,
        changed: true,
        dryRun: false,
        changes: [
          { op: "create", name: "a", after: { kind: "tag" } },
          { op: "create" },
          { op: "create", writeKey: expect.any(String) },
        ],
      },
    });
    const again = await call("POST", apply, { body: { changes } });
    expect(again).toMatchObject({
      body: { version: 1, changed: false, changes: [{ op: "unchanged" }, { op: "unchanged" }, { op: "unchanged" }] },
    });
    expect(again.text).not.toContain("writeKey");
    expect(ports.definitions.commits()).toBe(1);
    expect(ports.audit.entries()).toMatchObject([
      { action: "definitions.apply", target: "3 definitions", details: { changed: ["tag/a", "tag/b", "source/web"] } },
    ]);
  });

  test("a dry run tells and changes nothing, not even a key", async () => {
    const { call, ports } = makeAdminHarness();
    const changes = [{ op: "put", kind: "source", name: "web", definition: { type: "web" } }];
    const answer = await call("POST", apply, { body: { changes, dryRun: true } });
    expect(answer).toMatchObject({ status: 200, body: { version: 0, changed: true, changes: [{ op: "create" }] } });
    expect(answer.text).not.toContain("writeKey");
    expect(ports.definitions.commits()).toBe(0);
    expect(ports.audit.entries()).toEqual([]);
  });

  test("with one fault changes nothing, and says which change has it", async () => {
    const { call, ports } = makeAdminHarness();
    const changes = [put("a"), put("b", { rule: { did: { within: "1d" } } }), put("a")];
    const answer = await call("POST", apply, { body: { changes } });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: "definition_invalid",
        details: {
          faults: [
            { change: 1, kind: "tag", name: "b", path: "rule.did.event" },
            { change: 2, code: "change_duplicate" },
          ],
        },
      },
    });
    expect(ports.definitions.commits()).toBe(0);
  });

  test("removing what is not there changes nothing", async () => {
    const { call } = makeAdminHarness();
    const changes = [{ op: "remove", kind: "tag", name: "ghost" }];
    expect((await call("POST", apply, { body: { changes } })).body).toMatchObject({ version: 0, changed: false });
  });

  test("is planned anew where another writer was faster, and loses to nobody's change", async () => {
    const { call, ports } = makeAdminHarness();
    const writers = Array.from({ length: 5 }, (_, n) => call("POST", apply, { body: { changes: [put(`t${n}`)] } }));
    expect((await Promise.all(writers)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const { definitions, version } = await ports.definitions.current();
    expect(definitions.map(({ name }) => name)).toEqual(["t0", "t1", "t2", "t3", "t4"]);
    expect(version).toBe(5);
    const lost = ports.audit.entries().filter(({ outcome }) => outcome === "failed");
    expect(lost.every(({ details }) => JSON.stringify(details).includes("changed_meanwhile"))).toBe(true);
  });

  const name = fc.constantFrom("a", "b", "c", "d");
  const change = fc.oneof(
    fc.record({ op: fc.constant("remove"), kind: fc.constant("tag"), name }),
    fc.record({
      op: fc.constant("put"),
      kind: fc.constant("tag"),
      name,
      definition: fc.oneof(
        fc.constant({}),
        name.map((tag) => ({ rule: { tag } })),
        fc.constant({ rule: { did: { event: "x", within: "tomorrow" } } }),
        fc.constant(frequent),
      ),
    }),
  );

  test("any series of change sets: each is whole or not at all, and a second time changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 5 }), { minLength: 1, maxLength: 5 }), async (sets) => {
        const { call, ports } = makeAdminHarness();
        for (const changes of sets) {
          const before = await ports.definitions.current();
          const answer = await call("POST", apply, { body: { changes } });
          const after = await ports.definitions.current();
          if (answer.status !== 200) {
            expect(answer.status).toBe(400);
            expect(after).toEqual(before);
            continue;
          }
          for (const { op, name, definition } of changes as { op: string; name: string; definition?: object }[]) {
            const stored = after.definitions.find((one) => one.name === name)?.definition;
            expect(stored).toEqual(op === "put" ? { kind: "tag", name, ...definition } : undefined);
          }
          expect(after.version).toBe(before.version + (answer.body.changed === true ? 1 : 0));
          const again = await call("POST", apply, { body: { changes } });
          expect(again.body).toMatchObject({ version: after.version, changed: false });
          expect(await ports.definitions.current()).toEqual(after);
        }
      }),
      { numRuns: 300 },
    );
  });
});
