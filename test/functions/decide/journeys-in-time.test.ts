import { describe, expect, test } from "vitest";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { unmerge } from "#domain/identity/split-people.ts";
import { decideFacts } from "#domain/journeys/decide-facts.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { Definition } from "#events/definitions/index.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { wake } from "#functions/wake/wake.ts";
import { aBundleOf, openJourneyWorld } from "../../support/journey-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";

const MINUTE = 60_000;
const HOUR = 3_600_000;

const RESCUE = {
  kind: "journey",
  name: "rescue",
  trigger: { event: "Product Added" },
  steps: [
    { waitFor: { event: "Order Completed", for: "1h", then: "end" } },
    { send: { channel: "email", template: "hello", category: "marketing" } },
  ],
};
const TEMPLATE = {
  kind: "template",
  name: "hello",
  channel: "email",
  category: "marketing",
  locales: { en: { subject: "s", body: "b" } },
};
const SETTING = { kind: "setting", name: "project", quietHours: { from: "13:30", to: "20:00" } };
const ANN: [string, string][] = [
  ["userId", "ann"],
  ["email", "ann@example.com"],
];

function openWorld(...definitions: object[]) {
  const world = openJourneyWorld(...definitions);
  const { ports, journeys, clock } = world;
  const decide = () => decideFacts(journeys, ports.facts.published.splice(0));
  const happen = async (event: string, changed = {}) => {
    const at = clock.now;
    await foldBatch(ports, [anEvent(`${event}@${at}`, { event, at, receivedAt: at, identifiers: ANN, ...changed })]);
    await decide();
  };
  const agree = () => happen("Consent Updated", { consent: { purpose: "marketing", channel: "email", granted: true } });
  const pass = async (ms: number) => {
    clock.now += ms;
    await wake(ports);
    await decide();
  };
  return { ...world, runs: journeys.runs, touches: journeys.touches, happen, agree, pass };
}

describe("a touch that may not be sent", () => {
  test("is stored with the reason", async () => {
    const { touches, queues, happen, pass } = openWorld(RESCUE, TEMPLATE);
    await happen("Product Added");
    await pass(HOUR);
    expect(touches.all()).toMatchObject([{ state: "stopped", reason: "no_consent", channel: "email" }]);
    expect(queues.get("email")?.sent).toEqual([]);
  });

  test("in quiet hours waits for their end, when its queue hears of it", async () => {
    const { touches, queues, ports, happen, agree, pass } = openWorld(RESCUE, TEMPLATE, {
      ...SETTING,
      quietHours: { from: "12:30", to: "20:00" },
    });
    await agree();
    await happen("Product Added");
    await pass(HOUR);
    const opening = Date.UTC(2026, 10, 20, 20);
    expect(touches.all()).toMatchObject([{ state: "waiting", reason: "quiet_hours", waitUntil: opening }]);
    await pass(HOUR);
    expect(queues.get("email")?.sent).toEqual([]);
    await pass(6 * HOUR);
    const [touch] = touches.all();
    expect(queues.get("email")?.sent).toEqual([{ touchId: touch?.id }]);
    expect(ports.timers.rows()).toEqual([]);
  });
});

describe("the state of a journey", () => {
  const [paused, stopped] = (["paused", "stopped"] as const).map((state) => [{ ...RESCUE, state }, TEMPLATE]);

  test("paused: nobody enters, runs stand still, and go on from where they stand soon after", async () => {
    const { runs, touches, inForce, log, happen, agree, pass } = openWorld(RESCUE, TEMPLATE);
    await agree();
    await happen("Product Added");
    log.set(1, {
      version: 1,
      definitions: [{ kind: "journey", name: "rescue", version: 1, definition: Definition.parse(RESCUE) }],
    });
    inForce.bundle = aBundleOf(paused ?? [], 2);
    for (let n = 0; n < 8; n++) await pass(15 * MINUTE);
    await happen("Product Added");
    expect(runs.all()).toMatchObject([{ waiting: { until: NOON + HOUR } }]);
    expect(touches.all()).toEqual([]);
    inForce.bundle = aBundleOf([RESCUE, TEMPLATE], 3);
    for (let n = 0; n < 15; n++) await pass(MINUTE);
    expect(touches.all()).toHaveLength(1);
  });

  test("paused: the awaited event still counts", async () => {
    const { runs, touches, inForce, log, happen, pass } = openWorld(RESCUE, TEMPLATE);
    await happen("Product Added");
    log.set(1, {
      version: 1,
      definitions: [{ kind: "journey", name: "rescue", version: 1, definition: Definition.parse(RESCUE) }],
    });
    inForce.bundle = aBundleOf(paused ?? [], 2);
    await pass(30 * MINUTE);
    await happen("Order Completed");
    inForce.bundle = aBundleOf([RESCUE, TEMPLATE], 3);
    for (let n = 0; n < 6; n++) await pass(30 * MINUTE);
    expect(touches.all()).toEqual([]);
    expect(runs.all()).toMatchObject([{ outcome: { kind: "finished" } }]);
  });

  test.each([
    ["stopped", stopped ?? []],
    ["removed", [TEMPLATE]],
  ])("%s: live runs end when they are next looked at, and nothing is sent", async (_, definitions) => {
    const { runs, touches, inForce, happen, agree, pass } = openWorld(RESCUE, TEMPLATE);
    await agree();
    await happen("Product Added");
    inForce.bundle = aBundleOf(definitions, 2);
    await pass(HOUR);
    expect(runs.all()).toMatchObject([{ outcome: { kind: "exited", why: "stopped" } }]);
    expect(touches.all()).toEqual([]);
  });

  test("changed: a run walks the version that it entered", async () => {
    const { runs, touches, inForce, log, happen, agree, pass } = openWorld(RESCUE, TEMPLATE);
    const first = Definition.parse(RESCUE);
    await agree();
    await happen("Product Added");
    await pass(MINUTE);
    await happen("Product Added");
    log.set(1, { version: 1, definitions: [{ kind: "journey", name: "rescue", version: 1, definition: first }] });
    inForce.bundle = compileBundle({
      version: 2,
      definitions: [
        {
          kind: "journey",
          name: "rescue",
          version: 2,
          definition: Definition.parse({ ...RESCUE, steps: [{ end: true }] }),
        },
        { kind: "template", name: "hello", version: 1, definition: Definition.parse(TEMPLATE) },
      ],
    });
    await pass(HOUR - MINUTE);
    expect(touches.all()).toHaveLength(1);
    expect(
      runs
        .all()
        .map(({ outcome }) => outcome?.kind ?? "live")
        .toSorted(),
    ).toEqual(["finished", "live"]);
  });
});

describe("people who turn out to be one", () => {
  const visitor: [string, string][] = [["anonymousId", "a-1"]];

  test("have one run of a journey, the older, and what it waits for reaches it", async () => {
    const { runs, touches, ports, happen, pass } = openWorld(RESCUE, TEMPLATE);
    await happen("Product Added", { identifiers: visitor });
    await pass(10 * MINUTE);
    await happen("Product Added");
    await pass(10 * MINUTE);
    await happen("Log In", { identifiers: [...ANN, ...visitor] });
    const living = ports.profiles.all().find(({ mergedInto }) => mergedInto === undefined)?.id;
    const all = runs.all().toSorted((a, b) => a.enteredAt - b.enteredAt);
    expect(all).toMatchObject([
      { profileId: living, enteredAt: NOON, waiting: { for: "event" } },
      { profileId: living, outcome: { kind: "exited", why: "merged" } },
    ]);
    await happen("Order Completed");
    await pass(HOUR);
    expect(
      runs
        .all()
        .map(({ outcome }) => outcome?.kind ?? "live")
        .toSorted(),
    ).toEqual(["exited", "finished"]);
    expect(touches.all()).toEqual([]);
  });

  test("and are taken apart again keep their runs with the person who stays", async () => {
    const { runs, ports, journeys, happen, pass, clock } = openWorld(RESCUE, TEMPLATE);
    await happen("Page Viewed", { identifiers: ANN });
    clock.now += 1;
    await happen("Page Viewed", { identifiers: visitor });
    await happen("Log In", { identifiers: [...ANN, ...visitor] });
    await happen("Product Added");
    const root = ports.profiles.all().find(({ mergedInto }) => mergedInto === undefined);
    const loser = ports.profiles.all().find(({ mergedInto }) => mergedInto !== undefined);
    const split = await unmerge(journeys, root?.id as ProfileId, loser?.id as ProfileId);
    await decideFacts(journeys, ports.facts.published.splice(0));
    expect(runs.all()).toMatchObject([{ profileId: split?.kept }]);
    await pass(10 * MINUTE);
    await happen("Order Completed");
    expect(runs.all()).toMatchObject([{ profileId: split?.kept, outcome: { kind: "finished" } }]);
  });
});
