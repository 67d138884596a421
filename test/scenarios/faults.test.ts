import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DefinitionAnswer } from "#events/admin-api/definitions.ts";
import { ReplayAnswer } from "#events/admin-api/failed-events.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { encodeStreamRecord } from "#events/stream-record.ts";
import { type LocalStack, startLocalStack } from "../support/local-stack.ts";
import { ask, askForFaults, readActivity, readFailedEvents, readProfile, readTotals } from "./administration.ts";
import { type Call, post } from "./collection.ts";
import { putOnEventStream } from "./event-stream.ts";

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
  const points = { kind: "trait", name: "points", mode: "add" };
  await ask(stack, "/definitions/trait/points", DefinitionAnswer, { method: "PUT", body: points });
});
afterAll(() => stack.stop());

/** One point for each of 20 people. */
function pointsFor(prefix: string, round: number): Call[] {
  return Array.from({ length: 20 }, (_, index) => ({
    type: "identify",
    userId: `${prefix}-${index}`,
    messageId: `${prefix}-${index}-${round}`,
    traits: { points: 1 },
  }));
}

/** Sends until it is answered with 200, waiting as long as it is told; gives the answers before that. */
async function sendUntilTaken(calls: readonly Call[]): Promise<{ status: number; retryAfter: string | null }[]> {
  const refusals = [];
  for (;;) {
    const response = await post(stack, "/v1/batch", JSON.stringify({ batch: calls }));
    await response.text();
    if (response.status === 200) return refusals;
    const retryAfter = response.headers.get("retry-after");
    refusals.push({ status: response.status, retryAfter });
    await delay(Number(retryAfter) * 1_000);
  }
}

async function pointsOf(prefix: string): Promise<unknown[]> {
  const people = Array.from({ length: 20 }, (_, index) => readProfile(stack, `userId:${prefix}-${index}`));
  return (await Promise.all(people)).map(({ traits }) => traits.points?.value);
}

describe("a stream over its rate", () => {
  test("is answered with 429 and when to come back; who does so loses nothing and gains nothing", async () => {
    // More than the AWS SDK's own attempts for all of the first requests.
    await askForFaults(stack, { throttlePuts: 40 });
    const rounds = Array.from({ length: 12 }, (_, round) => sendUntilTaken(pointsFor("throttled", round)));
    const refusals = (await Promise.all(rounds)).flat();
    expect(refusals).not.toEqual([]);
    for (const { status, retryAfter } of refusals) {
      expect(status).toBe(429);
      expect(Number(retryAfter)).toBeGreaterThan(0);
    }
    await stack.quiet();
    expect(await pointsOf("throttled")).toEqual(Array(20).fill(12));
  });

  test("that takes only some of the records is given the others again", async () => {
    await askForFaults(stack, { throttlePuts: 0, failPutRecords: 20 });
    await Promise.all(Array.from({ length: 12 }, (_, round) => sendUntilTaken(pointsFor("partial", round))));
    await stack.quiet();
    expect(await (await stack.admin("/local/faults")).json()).toMatchObject({ failPutRecords: 0 });
    expect(await pointsOf("partial")).toEqual(Array(20).fill(12));
  });
});

test("a fold that is killed in the middle folds each event once all the same", async () => {
  await askForFaults(stack, { killHandler: "Fold", times: 4 });
  for (let round = 0; round < 8; round += 1) await sendUntilTaken(pointsFor("killed", round));
  await stack.quiet();
  expect(await (await stack.admin("/local/faults")).json()).toHaveProperty("kills", {});
  expect(await pointsOf("killed")).toEqual(Array(20).fill(8));
});

test("an index that is killed in the middle lists everyone all the same", async () => {
  const rule = { trait: { name: "city", is: "上海" } };
  const definition = { kind: "tag", name: "shanghai", rule };
  await ask(stack, "/definitions/tag/shanghai", DefinitionAnswer, { method: "PUT", body: definition });
  // The fold reads the definitions anew after a second at the latest.
  await delay(1_500);
  await askForFaults(stack, { killHandler: "Index", times: 3 });
  const cities = Array.from({ length: 20 }, (_, n) => ({
    type: "identify",
    userId: `c-${n}`,
    traits: { city: "上海" },
  }));
  await sendUntilTaken(cities);
  await stack.quiet();
  expect(await (await stack.admin("/local/faults")).json()).toHaveProperty("kills", {});
  const { memberships } = await readTotals(stack);
  expect(memberships["tag:shanghai"]).toBe(20);
});

describe.runIf(process.platform === "linux")("a record that can never be folded", () => {
  const now = Date.now();
  const good = (messageId: string): CollectedEvent => ({
    messageId,
    type: "track",
    event: "Neighbour",
    identifiers: [["userId", "neighbour"]],
    at: now,
    receivedAt: now,
    day: Math.floor(now / 86_400_000),
    source: { name: "server", type: "server" },
    activity: true,
  });
  const events = (...items: unknown[]) => encodeStreamRecord("events", items);
  const poison: Readonly<Record<string, Uint8Array>> = {
    "random bytes": Buffer.from("not a record of ours"),
    "a record of facts": encodeStreamRecord("facts", []),
    "an event without identity": events({ ...good("no-identity"), identifiers: [] }),
    "a record of JSON that is no event": events(null, 5),
    "an event whose traits are no object": events({ ...good("odd-traits"), traits: "odd", type: "identify" }),
    "an event with an order that is none": events({ ...good("odd-order"), order: { kind: "completed", id: { a: 1 } } }),
    "an event with money that is no number": events({ ...good("odd-money"), money: { revenue: "much" } }),
    "an event beyond the end of time": events({ ...good("late"), at: 9e15 }),
    "an event with an id that no key holds": events({ ...good("long"), identifiers: [["userId", "u".repeat(3_000)]] }),
  };

  beforeAll(async () => {
    const records = Object.values(poison).flatMap((record, index) => [events(good(`neighbour-${index}`)), record]);
    await putOnEventStream(stack, [...records, events(good("neighbour-last"))]);
    await stack.quiet();
  });

  const failedHere = async () => (await readFailedEvents(stack)).filter(({ stage }) => stage === "stream");

  test("costs its neighbours nothing", async () => {
    const { profileId } = await readProfile(stack, "userId:neighbour");
    const names = [...Object.keys(poison).keys(), "last"].map((name) => `neighbour-${name}`);
    const log = await readActivity(stack, profileId);
    expect(log.map(({ messageId }) => messageId).toSorted()).toEqual(names.toSorted());
  });
  test("is among the failed events with its reason, once", async () => {
    const codes = (await failedHere()).map(({ code }) => code).toSorted();
    const malformed = Object.keys(poison).length - 2;
    const unreadable = "stream_record_unreadable";
    expect(codes).toEqual([...Array(malformed).fill("event_malformed"), unreadable, unreadable]);
  });
  test("is kept when it is to be entered again, for no event can be read in it", async () => {
    const [first] = await failedHere();
    const body = { objects: [first?.object] };
    const answer = await ask(stack, "/failed-events/replay", ReplayAnswer, { method: "POST", body });
    expect(answer).toMatchObject({ replayed: 0, refused: 0, objects: [{ outcome: "kept" }] });
  });
});
