import { describe, expect, test } from "vitest";
import { makeAdminHarness } from "../../support/admin-harness.ts";

const RUNS = "/admin/v1/retier";
const vip = { kind: "tag", name: "vip", rule: { did: { event: "Order Completed" } } };

describe("re-tiering runs in the administration API", () => {
  test("an operator starts one, everyone may follow it; a second answers with the first", async () => {
    const { call, tokenOf, ports } = makeAdminHarness();
    expect((await call("POST", RUNS, { token: await tokenOf("viewer") })).status).toBe(403);
    const token = await tokenOf("operator");
    const started = await call("POST", RUNS, { token });
    expect(started).toMatchObject({ status: 202, body: { started: true } });
    expect(await call("POST", RUNS, { token })).toMatchObject({
      status: 200,
      body: { started: false, runId: started.body.runId },
    });
    const run = await call("GET", `${RUNS}/${String(started.body.runId)}`, { token: await tokenOf("viewer") });
    expect(run).toMatchObject({ status: 200, body: { status: "running", reason: "request", by: "operator" } });
    expect(ports.retierQueue.sent.length).toBe(32);
  });

  test("stopping and resuming are audited; a run that another followed cannot be resumed", async () => {
    const { call } = makeAdminHarness();
    const { runId } = (await call("POST", RUNS)).body;
    const first = `${RUNS}/${String(runId)}`;
    expect((await call("POST", `${first}/stop`)).body).toMatchObject({ status: "stopped", etaSeconds: null });
    expect((await call("POST", `${first}/resume`)).body).toMatchObject({ status: "running" });
    await call("POST", `${first}/stop`);
    expect((await call("POST", RUNS)).status).toBe(202);
    expect(await call("POST", `${first}/resume`)).toMatchObject({ status: 409, body: { code: "run_over" } });
    const audit = (await call("GET", "/admin/v1/audit")).body.items as { action: string }[];
    expect(new Set(audit.map(({ action }) => action))).toEqual(
      new Set(["retier.start", "retier.stop", "retier.resume"]),
    );
    expect(await call("GET", `${RUNS}/nothing`)).toMatchObject({ status: 404, body: { code: "run_unknown" } });
    const listed = (await call("GET", RUNS, {})).body.items as { status: string }[];
    expect(listed.map(({ status }) => status)).toEqual(["running", "stopped"]);
  });

  test("a change set starts one, later than every function has read it; one that changes no answer does not", async () => {
    const { call, define } = makeAdminHarness();
    const applied = await define(vip, { ...vip, name: "vip-too" });
    expect(applied.body.retier).toMatchObject({ started: true });
    const runs = (await call("GET", RUNS)).body.items as { reason: string; by: string }[];
    expect(runs).toMatchObject([{ reason: "definitions", bundleVersion: 1 }]);
    expect((await define(vip)).body.retier).toBeUndefined();
    const source = await define({ kind: "source", name: "web", type: "web" } as { kind: string; name: string });
    expect(source.body.retier).toBeUndefined();
  });

  test("a change while one goes on is followed by another", async () => {
    const { call, define, ports } = makeAdminHarness();
    await define(vip);
    const again = await define({ ...vip, name: "vip-too" });
    expect(again.body.retier).toMatchObject({ started: false });
    expect((await ports.work.find("retier", "current"))?.body).toMatchObject({ again: { reason: "definitions" } });
    expect((await call("GET", RUNS)).body.items).toHaveLength(1);
  });

  test("a queue that takes nothing stops no change of definitions", async () => {
    const { define, errors } = makeAdminHarness({
      retierQueue: { send: () => Promise.reject(new Error("the queue is down")) },
    });
    const applied = await define(vip);
    expect(applied).toMatchObject({ status: 200, body: { version: 1, changed: true } });
    expect(errors).toHaveLength(1);
  });
});
