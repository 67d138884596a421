import { describe, expect, test } from "vitest";
import { makeRunStore } from "#aws/stores/run-store.ts";
import { makeTouchStore } from "#aws/stores/touch-store.ts";
import { type Run, touchIdOf } from "#domain/journeys/run.ts";
import { storedOf } from "#domain/journeys/stored-run.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { reportSigns } from "#domain/sending/gate.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { aPerson, NOON } from "../../support/people.ts";
import { aTouch } from "../../support/send-world.ts";

const DAY = 86_400_000;

const aRun = (id: string, person: string, changed: Partial<Run> = {}): Run => ({
  id,
  journey: "welcome",
  definitionVersion: 1,
  profileId: `p_${person}` as ProfileId,
  entryKey: "ever",
  enteredAt: NOON,
  cause: { factId: "f-1" },
  next: 3,
  arms: [],
  consumed: [],
  visited: [0, 1, 2],
  ...changed,
});

describe("the touches of a person", () => {
  test("are those of all runs, of people merged into this one too, with their reasons and why they took their channel", async () => {
    const { ports, call } = makeAdminHarness();
    const ann = aPerson("ann");
    await ports.profiles.save({ ...ann, state: { ...ann.state, absorbed: new Set(["p_bob" as ProfileId]) } });
    const runs = [aRun("run-1", "ann"), aRun("run-2", "bob", { enteredAt: NOON + 1000 })];
    for (const run of runs) await ports.runs.save({ run, revision: 1 });
    const sent = aTouch(touchIdOf("run-1", 1), "ann", { state: "sent", provider: "mail", attempt: 1 });
    const choice = {
      because: "none_possible" as const,
      considered: [
        { channel: "email", passedOver: "no_consent", sent: 3, opened: 1 },
        { channel: "sms", passedOver: "no_address" },
      ],
    };
    const stopped = aTouch(touchIdOf("run-2", 2), "bob", { state: "stopped", reason: "no_consent", choice });
    for (const touch of [sent, stopped]) await ports.touches.save({ touch, revision: 1 });
    const first = await call("GET", "/admin/v1/profiles/p_ann/touches?limit=1");
    expect(first.body.items).toMatchObject([
      { touchId: stopped.id, state: "stopped", reason: "no_consent", choice, provider: null },
    ]);
    const second = await call("GET", `/admin/v1/profiles/p_ann/touches?limit=1&cursor=${String(first.body.cursor)}`);
    expect(second.body).toMatchObject({
      items: [{ touchId: sent.id, state: "sent", choice: null, provider: "mail" }],
      cursor: null,
    });
  });

  test("are told for as long as they are kept, though the run that asked for them has long ended", async () => {
    const dynamo = makeMemoryDynamo();
    const runs = makeRunStore({ dynamo: dynamo.client, table: "runs" });
    const touches = makeTouchStore({ dynamo: dynamo.client, table: "touches" });
    const { ports, call } = makeAdminHarness({ runs, touches });
    await ports.profiles.save(aPerson("ann"));
    const run = aRun("run-1", "ann", { outcome: { kind: "finished", at: NOON } });
    await runs.save(storedOf(run, 1));
    const sent = aTouch(touchIdOf("run-1", 1), "ann", { state: "sent" });
    await touches.save({ touch: sent, revision: 1 });
    const shown = async () => (await call("GET", "/admin/v1/profiles/p_ann/touches")).body.items;
    dynamo.expire(NOON + 400 * DAY - 1);
    expect(await shown()).toMatchObject([{ touchId: sent.id }]);
    dynamo.expire(NOON + 400 * DAY + 1000);
    expect(await shown()).toEqual([]);
  });

  test("are none for somebody whom no journey has met", async () => {
    const { ports, call } = makeAdminHarness();
    await ports.profiles.save(aPerson("ann"));
    expect((await call("GET", "/admin/v1/profiles/p_ann/touches")).body).toEqual({ items: [], cursor: null });
    expect((await call("GET", "/admin/v1/profiles/p_nobody/touches")).status).toBe(404);
  });
});

test("the state of each provider's breaker is shown", async () => {
  const { ports, call } = makeAdminHarness();
  const mail = {
    kind: "channel",
    name: "mail",
    channel: "email",
    adapter: "ses",
    options: { from: "shop@example.com" },
  };
  expect((await call("PUT", "/admin/v1/definitions/channel/mail", { body: mail })).status).toBe(201);
  const shown = async () => (await call("GET", "/admin/v1/channels")).body.items;
  expect(await shown()).toMatchObject([
    { name: "mail", intervalMs: 100, breaker: { state: "closed", failures: 0 }, nextAt: null },
  ]);
  const signs = Array.from({ length: 5 }, () => "dead" as const);
  await reportSigns(ports.work, "mail", signs, { owner: "worker", now: NOON });
  expect(await shown()).toMatchObject([
    { breaker: { state: "open", restsUntil: new Date(NOON + 30_000).toISOString() } },
  ]);
});
