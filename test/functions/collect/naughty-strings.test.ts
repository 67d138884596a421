import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { REFUSALS } from "#domain/collect/refusals.ts";
import { makeCollectHarness } from "../../support/collect-harness.ts";

const NAUGHTY = JSON.parse(
  readFileSync(new URL("../../fixtures/hostile/blns.json", import.meta.url), "utf8"),
) as string[];

/** Sends one call for each naughty string; gives what became of it, accepted or refused with a documented reason. */
async function sendEach(makeCall: (naughty: string) => object) {
  const harness = makeCollectHarness();
  const outcomes = [];
  for (const naughty of NAUGHTY) {
    const before = harness.events.length;
    const answer = await harness.post("/v1/batch", { batch: [makeCall(naughty)] });
    expect(answer.statusCode).toBe(200);
    const { rejected } = JSON.parse(answer.body) as { rejected?: { code: string }[] };
    const code = rejected?.[0]?.code;
    if (code !== undefined) expect(REFUSALS).toHaveProperty(code);
    outcomes.push({ naughty, code, event: harness.events[before] });
  }
  expect(harness.errors).toEqual([]);
  expect(harness.failed).toHaveLength(outcomes.filter(({ code }) => code !== undefined).length);
  return outcomes;
}

test("naughty strings as traits are kept unchanged", async () => {
  for (const { naughty, event } of await sendEach((n) => ({ type: "identify", userId: "u-1", traits: { n } }))) {
    expect(event?.traits).toEqual({ n: naughty });
  }
});

test("naughty strings as e-mail and phone never break the call, and their traits are kept", async () => {
  for (const { naughty, event } of await sendEach((n) => ({
    type: "identify",
    userId: "u-1",
    traits: { email: n, phone: n },
  }))) {
    expect(event?.traits).toEqual({ email: naughty, phone: naughty });
    expect(event?.identifiers[0]).toEqual(["userId", "u-1"]);
  }
});

test("naughty strings as event names are kept unchanged, or refused where they are empty", async () => {
  for (const { naughty, code, event } of await sendEach((n) => ({ type: "track", userId: "u-1", event: n }))) {
    if (naughty.trim() === "") expect(code).toBe("event_missing");
    else expect(event?.event).toBe(naughty);
  }
});

test("naughty strings as user ids are kept, trimmed and composed, or refused as nobody's", async () => {
  const refused = [];
  for (const { naughty, code, event } of await sendEach((n) => ({ type: "track", event: "E", userId: n }))) {
    if (code === undefined) expect(event?.identifiers).toEqual([["userId", naughty.trim().normalize("NFC")]]);
    else {
      expect(["no_identity", "identifier_too_long"]).toContain(code);
      refused.push(naughty);
    }
  }
  for (const junk of [
    "",
    "undefined",
    "null",
    "NULL",
    "(null)",
    "nil",
    "NIL",
    "true",
    "false",
    "True",
    "None",
    "NaN",
    "0",
    "-1",
  ]) {
    if (NAUGHTY.includes(junk)) expect(refused).toContain(junk);
  }
  // Most naughty strings are odd but somebody's: only what names nobody is refused.
  expect(refused.length).toBeLessThan(60);
});

test("naughty strings as property keys are kept unchanged, or refused where they are dangerous", async () => {
  for (const { naughty, code, event } of await sendEach((n) => ({
    type: "track",
    event: "E",
    userId: "u-1",
    properties: Object.fromEntries([[n, 1]]),
  }))) {
    if (code === undefined) expect(Object.entries(event?.properties ?? {})).toEqual([[naughty, 1]]);
    else expect(code).toBe("forbidden_key");
  }
});

test("naughty strings as messageIds, order ids, currencies and times are kept or refused", async () => {
  await sendEach((n) => ({ type: "track", event: "E", userId: "u-1", messageId: n }));
  await sendEach((n) => ({ type: "track", event: "E", userId: "u-1", timestamp: n }));
  await sendEach((n) => ({
    type: "track",
    event: "Order Completed",
    userId: "u-1",
    properties: { order_id: n, currency: n, revenue: n, products: [{ price: n, quantity: n }] },
  }));
  await sendEach((n) => ({
    type: "page",
    userId: "u-1",
    context: { page: { url: n, referrer: n }, userAgent: n, ip: n, os: { name: n }, campaign: { source: n } },
  }));
});
