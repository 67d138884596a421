import fc from "fast-check";
import { expect, test } from "vitest";
import { findLiving } from "#domain/identity/find-living.ts";
import { decideFacts } from "#domain/journeys/decide-facts.ts";
import { type SimulationAsk, simulateJourney } from "#domain/journeys/simulate.ts";
import { inventPerson } from "#domain/journeys/simulate-invented.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";
import type { SimulatedSend } from "#events/admin-api/simulation.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { openJourneyWorld } from "../../support/journey-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";

const HOUR = 3_600_000;
const CHANNELS = ["email", "sms", "push", "inapp"] as const;
const ADDRESSES: Readonly<Record<Addressed, [type: string, value: string]>> = {
  email: ["email", "ann@example.com"],
  sms: ["phone", "+447700900001"],
  push: ["registrationId", "device-1"],
};
const ANN = "userId:ann" as IdentifierKey;
type Addressed = "email" | "sms" | "push";

const journey = (send: object) => ({
  kind: "journey",
  name: "offer",
  trigger: { event: "Product Viewed" },
  steps: [{ send: { template: "offer", category: "marketing", ...send } }],
});
const setting = (changed: object) => ({ kind: "setting", name: "project", ...changed });

/** What a person said and did before: each is a fact of the person, however often it is told. */
interface Past {
  readonly has: readonly Addressed[];
  readonly agrees: readonly string[];
  readonly suppressed: readonly Addressed[];
  readonly messages: readonly { readonly channel: string; readonly touch: string; readonly isOpened: boolean }[];
}

function eventsOf({ has, agrees, messages }: Past): CollectedEvent[] {
  const before = NOON - 48 * HOUR;
  const identifiers: CollectedEvent["identifiers"] = [["userId", "ann"], ...has.map((one) => ADDRESSES[one])];
  const told = (id: string, changed: Partial<CollectedEvent>) =>
    anEvent(id, { at: before, receivedAt: before, identifiers, ...changed });
  return [
    told("known", { event: "Signed Up" }),
    ...agrees.map((channel) =>
      told(`agrees ${channel}`, {
        event: "Consent Updated",
        consent: { purpose: "marketing", channel, granted: true },
      }),
    ),
    ...messages.flatMap(({ channel, touch, isOpened }) => {
      const properties = { channel, touchId: touch };
      const sent = told(`sent ${channel} ${touch}`, { event: "Message Sent", properties });
      return isOpened ? [sent, told(`opened ${channel} ${touch}`, { event: "Message Opened", properties })] : [sent];
    }),
  ];
}

/** A world with Ann in it, as the fold knows her. */
async function openWorld(past: Past, ...written: unknown[]) {
  const world = openJourneyWorld(...written);
  for (const channel of past.suppressed) {
    const [, address] = ADDRESSES[channel];
    world.suppressed.add(`${channel} hash of ${channel} ${address}`);
  }
  const { tasks } = await foldBatch(world.ports, eventsOf(past));
  const failed = tasks.find(({ state }) => state !== "folded");
  if (failed) throw failed.error;
  const id = (await world.ports.identities.find([ANN])).get(ANN);
  const person = id && (await findLiving(world.ports.profiles, id));
  if (!person) throw new Error("nobody");
  return { ...world, person };
}

function simulate(
  { bundle, suppressed, person }: Awaited<ReturnType<typeof openWorld>>,
  changed: Partial<SimulationAsk> = {},
): SimulatedSend[] {
  const [compiled] = bundle.journeys;
  if (!compiled) throw new Error("no journey");
  const { steps } = simulateJourney({
    journey: compiled,
    walked: compiled,
    bundle,
    person,
    known: {
      liveRuns: 0,
      recentRuns: 0,
      gates: [],
      isSuppressed: (channel, address) => suppressed.has(`${channel} hash of ${channel} ${address}`),
      usesOf: () => [],
    },
    startAt: NOON,
    trigger: anEvent("viewed", { identifiers: [["userId", "ann"]] }),
    happenings: [],
    ignoreHoldout: true,
    ...changed,
  });
  return steps.filter((step) => step.kind === "send");
}

const past: fc.Arbitrary<Past> = fc.record({
  has: fc.subarray<Addressed>(["email", "sms", "push"]),
  agrees: fc.subarray([...CHANNELS]),
  suppressed: fc.subarray<Addressed>(["email", "sms", "push"]),
  messages: fc.array(
    fc.record({
      channel: fc.constantFrom(...CHANNELS),
      touch: fc.constantFrom("1", "2", "3", "4", "5", "6"),
      isOpened: fc.boolean(),
    }),
    { maxLength: 12 },
  ),
});

test("the channel that a simulation foretells, and why, is what decide stores", async () => {
  await fc.assert(
    fc.asyncProperty(
      past,
      fc.shuffledSubarray([...CHANNELS], { minLength: 1 }),
      fc.boolean(),
      fc.constantFrom("marketing", "transactional"),
      async (before, channel, prefers, category) => {
        const send = { channel, category, ...(prefers && channel.length > 1 && { prefer: "person" }) };
        const world = await openWorld(before, journey(send));
        const [foretold] = simulate(world);
        await foldBatch(world.ports, [anEvent("viewed", { identifiers: [["userId", "ann"]] })]);
        await decideFacts(world.journeys, world.ports.facts.published.splice(0));
        const [touch] = world.journeys.touches.all();
        expect(touch).toBeDefined();
        expect({ channel: foretold?.channel, choice: foretold?.choice }).toEqual({
          channel: touch?.channel,
          choice: touch?.choice ?? null,
        });
        if (touch?.state === "stopped") expect(foretold?.reason).toBe(touch.reason);
      },
    ),
  );
});

const REACHABLE: Past = { has: ["email", "sms"], agrees: ["email", "sms"], suppressed: [], messages: [] };

test("a cap takes nobody to another channel: the sender alone asks it, and stops", async () => {
  const caps = [{ channel: "email", category: "marketing", max: 1, per: "7d" }];
  const world = await openWorld(REACHABLE, setting({ caps }), journey({ channel: ["email", "sms"] }));
  const usesOf = (channel: string) => (channel === "email" ? [{ touchId: "t-1", at: NOON - HOUR }] : []);
  const isSuppressed = () => false;
  const known = { liveRuns: 0, recentRuns: 0, gates: [], isSuppressed, usesOf };
  expect(simulate(world, { known })).toMatchObject([
    {
      channel: "email",
      result: "stopped",
      reason: "cap_reached",
      choice: { because: "first_possible", considered: [{ channel: "email" }, { channel: "sms" }] },
    },
  ]);
});

test("a message that waits for the morning keeps its channel, and is stopped where that is refused meanwhile", async () => {
  const quiet = setting({ quietHours: { from: "11:00", to: "14:00" } });
  const world = await openWorld(REACHABLE, quiet, journey({ channel: ["email", "sms"] }));
  const refuses = anEvent("refuses", {
    event: "Consent Updated",
    at: NOON + HOUR,
    identifiers: [["userId", "ann"]],
    consent: { purpose: "marketing", channel: "email", granted: false },
  });
  expect(simulate(world, { happenings: [refuses] })).toMatchObject([
    { channel: "email", result: "waits", reason: "quiet_hours", choice: { because: "first_possible" } },
    { channel: "email", result: "stopped", reason: "no_consent", choice: { because: "first_possible" } },
  ]);
});

test("an invented person's messages are counted too", async () => {
  const bundle = (await openWorld(REACHABLE, journey({ channel: ["email", "sms"], prefer: "person" }))).bundle;
  const messages = (channel: string, opened: number) =>
    Array.from({ length: 4 }, (_, n) => {
      const properties = { channel, touchId: `${channel}-${n}` };
      const sent = { event: "Message Sent", ago: "3d", properties };
      return n < opened ? [sent, { event: "Message Opened", ago: "2d", properties }] : [sent];
    }).flat();
  const person = inventPerson(
    {
      identifiers: { email: "bea@example.com", phone: "+447700900002" },
      consent: { "marketing.*": true },
      events: [...messages("email", 1), ...messages("sms", 3)],
    },
    NOON,
    bundle,
  );
  const world = { ...(await openWorld(REACHABLE)), bundle, person };
  expect(simulate(world)[0]).toMatchObject({
    channel: "sms",
    choice: {
      because: "best_open_rate",
      considered: [
        { channel: "email", sent: 4, opened: 1, passedOver: "lower_open_rate" },
        { channel: "sms", sent: 4, opened: 3 },
      ],
    },
  });
});
