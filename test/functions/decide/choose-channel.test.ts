import type { KinesisStreamRecord } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { findLiving } from "#domain/identity/find-living.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { sentOutcome } from "#domain/sending/sent-outcome.ts";
import { type OutcomeName, outcomeEvent } from "#domain/touches/outcome-event.ts";
import type { Touch } from "#domain/touches/touch.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Fact } from "#events/fact.ts";
import { encodeStreamRecord } from "#events/stream-record.ts";
import { makeDecideHandler } from "#functions/decide/make-decide-handler.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { openJourneyWorld } from "../../support/journey-ports.ts";
import { anEvent } from "../../support/people.ts";

const DAY = 86_400_000;

function offer(send: object, changed: object = {}) {
  const steps = [{ send: { template: "offer", category: "marketing", ...send } }];
  return { kind: "journey", name: "offer", trigger: { event: "Product Viewed" }, steps, ...changed };
}
const PREFERRED = offer({ channel: ["sms", "email"], prefer: "person" });
const ANN: CollectedEvent["identifiers"] = [
  ["userId", "ann"],
  ["email", "ann@example.com"],
  ["phone", "+447700900001"],
];

/** The real fold and the real handler of decide over stores in memory; what becomes of messages is told as senders and
 *  links tell it. */
function openWorld(...written: unknown[]) {
  const world = openJourneyWorld(...written);
  const { ports, journeys, clock } = world;
  const decide = makeDecideHandler(
    { ...journeys, refusals: { ...journeys.refusals, flush: async () => {} } },
    () => {},
  );
  const records: Fact[][] = [];

  async function fold(...events: readonly CollectedEvent[]): Promise<void> {
    const { tasks } = await foldBatch(ports, events);
    const failed = tasks.find(({ state }) => state !== "folded");
    if (failed) throw failed.error;
    records.push(ports.facts.published.splice(0));
  }
  async function deliver(facts: readonly Fact[]): Promise<void> {
    const data = encodeStreamRecord("facts", facts).toString("base64");
    const kinesis = { data, partitionKey: "0", sequenceNumber: "1" };
    const answer = await decide({ Records: [{ kinesis } as KinesisStreamRecord] });
    expect(answer.batchItemFailures).toEqual([]);
  }
  let happened = 0;
  async function happen(event: string, changed: Partial<CollectedEvent> = {}): Promise<void> {
    const at = clock.now;
    await fold(anEvent(`e-${++happened}`, { event, at, receivedAt: at, identifiers: ANN, ...changed }));
    await deliver(records.at(-1) ?? []);
  }
  const agree = (channel: string, granted = true) =>
    happen("Consent Updated", { consent: { purpose: "marketing", channel, granted } });
  const newest = () => journeys.touches.all().toSorted((a, b) => b.requestedAt - a.requestedAt)[0];

  /** Ann looks at something: what is she asked to be sent? */
  async function ask(): Promise<Touch | undefined> {
    await happen("Product Viewed");
    return newest();
  }
  async function tell(touch: Touch, name: OutcomeName, properties = {}): Promise<void> {
    const person = await findLiving(ports.profiles, touch.profileId);
    if (!person) throw new Error("nobody");
    const { calendar } = world.bundle;
    const of = { person, at: clock.now, calendar, now: clock.now };
    const outcome =
      name === "Sent" ? sentOutcome(touch, of) : { name, touch, ...of, properties, occurrence: `${clock.now}` };
    const event = outcomeEvent(outcome);
    if (event) await fold(event);
  }
  /** What Ann is asked to be sent now, is sent to her, and is opened by her, or not, a day later. */
  async function answer(isOpened: boolean): Promise<string | undefined> {
    const touch = await ask();
    if (!touch) return undefined;
    await tell(touch, "Sent");
    clock.now += DAY;
    if (isOpened) await tell(touch, touch.channel === "sms" ? "Clicked" : "Opened");
    return touch.channel;
  }
  return { ...world, ...journeys, records, deliver, happen, agree, ask, tell, answer, newest };
}

describe("a message that may take several channels", () => {
  const ordered = offer({ channel: ["push", "sms", "email"] });

  test("takes the first with an address and consent, and the touch says why", async () => {
    const { agree, ask } = openWorld(ordered);
    await agree("email");
    expect(await ask()).toMatchObject({
      state: "requested",
      channel: "email",
      channels: ["push", "sms", "email"],
      choice: {
        because: "first_possible",
        considered: [
          { channel: "push", passedOver: "no_address" },
          { channel: "sms", passedOver: "no_consent" },
          { channel: "email" },
        ],
      },
    });
  });

  test("passes over a suppressed address", async () => {
    const { agree, ask, suppressed } = openWorld(ordered);
    await agree("email");
    await agree("sms");
    suppressed.add("sms hash of sms +447700900001");
    expect(await ask()).toMatchObject({ channel: "email", choice: { because: "first_possible" } });
  });

  test("is stopped with the first one's reason where none is possible, and every reason is kept", async () => {
    const { ask } = openWorld(ordered);
    expect(await ask()).toMatchObject({
      state: "stopped",
      reason: "no_address",
      channel: "push",
      choice: {
        because: "none_possible",
        considered: [{ passedOver: "no_address" }, { passedOver: "no_consent" }, { passedOver: "no_consent" }],
      },
    });
  });

  test("that has one channel only has no choice to tell of", async () => {
    const { agree, ask } = openWorld(offer({ channel: ["email"] }));
    await agree("email");
    expect(await ask()).not.toHaveProperty("choice");
  });
});

describe("a message that prefers the person's channel", () => {
  test("takes the one whose messages the person opens, once that is known, and the touch says so", async () => {
    const { agree, answer, ask } = openWorld(PREFERRED);
    await agree("email");
    await agree("sms");
    const taken: (string | undefined)[] = [];
    // Ann opens each mail and follows no link in a text message.
    for (let n = 0; n < 5; n++) taken.push(await answer(taken.length > 0));
    expect(taken).toEqual(["sms", "email", "email", "email", "email"]);
    expect(await ask()).toMatchObject({
      channel: "email",
      choice: {
        because: "best_open_rate",
        considered: [
          { channel: "sms", sent: 1, opened: 0, passedOver: "lower_open_rate" },
          { channel: "email", sent: 4, opened: 4 },
        ],
      },
    });
  });

  test("takes the other where the person loses interest", async () => {
    const { agree, answer } = openWorld(PREFERRED);
    await agree("email");
    await agree("sms");
    const taken = [
      await answer(true),
      await answer(true),
      await answer(false),
      await answer(false),
      await answer(false),
    ];
    // 2/3, 3/4, 3/5, 3/6 are no less than the half of what was never tried; 3/7 is.
    expect(taken).toEqual(["sms", "sms", "sms", "sms", "sms"]);
    expect(await answer(true)).toBe("email");
  });

  test("goes by the order as long as nothing was sent, and by consent before anything", async () => {
    const { agree, answer, ask } = openWorld(PREFERRED);
    await agree("email");
    await agree("sms");
    expect(await ask()).toMatchObject({ channel: "sms", choice: { because: "equal_open_rates" } });
    await answer(true);
    await answer(true);
    await agree("sms", false);
    expect(await ask()).toMatchObject({
      channel: "email",
      choice: {
        because: "only_possible",
        considered: [
          { channel: "sms", passedOver: "no_consent", opened: 2 },
          { channel: "email", sent: 0 },
        ],
      },
    });
  });

  test("a machine that opens everything is not the person", async () => {
    const { agree, ask, tell, clock } = openWorld(PREFERRED);
    await agree("email");
    await agree("sms");
    const touch = await ask();
    if (!touch) throw new Error("no touch");
    await tell(touch, "Sent");
    await tell(touch, "Clicked", { automated: true });
    clock.now += DAY;
    expect(await ask()).toMatchObject({
      channel: "email",
      choice: { considered: [{ channel: "sms", sent: 1, opened: 0 }, { channel: "email" }] },
    });
  });

  test("is chosen once: a fact that comes again finds the touch as it is, whatever the person opened since", async () => {
    const { agree, answer, ask, tell, deliver, records, touches, clock, queues } = openWorld(PREFERRED);
    await agree("email");
    await agree("sms");
    const first = await ask();
    const asked = records.at(-1) ?? [];
    if (!first) throw new Error("no touch");
    await tell(first, "Sent");
    clock.now += DAY;
    expect(await answer(true)).toBe("email");
    const before = touches.all();
    await deliver(asked);
    await deliver(asked);
    expect(touches.all()).toEqual(before);
    expect(new Set(queues.get("email")?.sent.map(({ touchId }) => touchId))).not.toContain(first.id);
  });

  test("a person who turns out to be two has opened what both have", async () => {
    const { agree, tell, ask, happen, clock, newest } = openWorld(PREFERRED);
    const visitor: CollectedEvent["identifiers"] = [
      ["anonymousId", "a-1"],
      ["email", "visitor@example.com"],
    ];
    await agree("email");
    await agree("sms");
    await happen("Consent Updated", {
      identifiers: visitor,
      consent: { purpose: "marketing", channel: "email", granted: true },
    });
    // As a visitor she has no phone: mail is all there is.
    await happen("Product Viewed", { identifiers: visitor });
    const asVisitor = newest();
    if (asVisitor?.channel !== "email") throw new Error("no mail");
    await tell(asVisitor, "Sent");
    await tell(asVisitor, "Opened");
    clock.now += DAY;
    await happen("Log In", { identifiers: [...ANN, ["anonymousId", "a-1"]] });
    expect(await ask()).toMatchObject({
      channel: "email",
      choice: { because: "best_open_rate", considered: [{ sent: 0 }, { channel: "email", sent: 1, opened: 1 }] },
    });
  });
});

describe("what people open", () => {
  const kept = async (...written: unknown[]) => {
    const { agree, answer, ports, newest } = openWorld(...written);
    await agree("email");
    await answer(true);
    const person = await findLiving(ports.profiles, newest()?.profileId as ProfileId);
    return person?.state.distincts.size;
  };

  test("is kept only while a journey asks for it", async () => {
    expect(await kept(offer({ channel: ["sms", "email"] }))).toBe(0);
    expect(await kept(PREFERRED)).toBe(2);
    const stopped = { ...PREFERRED, name: "other", state: "stopped" };
    expect(await kept(offer({ channel: ["sms", "email"] }), stopped)).toBe(0);
  });
});
