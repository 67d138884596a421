import { expect, test } from "vitest";
import { emptyState } from "#domain/profile/empty-state.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";
import { makeCalendar } from "#domain/time/calendar.ts";
import { outcomeEvent } from "#domain/touches/outcome-event.ts";
import { CollectedEvent } from "#events/collected-event.ts";
import { aPerson, NOON } from "../../support/people.ts";
import { aTouch } from "../../support/send-world.ts";

const ann = aPerson("ann", {
  state: {
    ...emptyState(),
    identifiers: new Map([
      ["anonymousId:a-1" as IdentifierKey, NOON - 3],
      ["email:ann@example.com" as IdentifierKey, NOON - 2],
      ["userId:u-1" as IdentifierKey, NOON - 1],
    ]),
  },
});
const outcome = (name: "Sent" | "Delivered" | "Opened" | "Clicked" | "Bounced" | "Complained", changed = {}) =>
  outcomeEvent({
    name,
    touch: aTouch("t-1", "ann"),
    person: ann,
    at: NOON,
    calendar: makeCalendar("UTC"),
    now: NOON,
    ...changed,
  });

test("an outcome is an event of the platform's own source about the person's strongest identifier", () => {
  expect(CollectedEvent.parse(outcome("Sent"))).toMatchObject({
    event: "Message Sent",
    identifiers: [["userId", "u-1"]],
    source: { name: "strata", type: "server" },
    properties: { touchId: "t-1", channel: "email", journey: "welcome" },
  });
});

test("only what people do themselves is activity", () => {
  const active = (["Sent", "Delivered", "Opened", "Clicked", "Bounced", "Complained"] as const).filter(
    (name) => outcome(name)?.activity,
  );
  expect(active).toEqual(["Opened", "Clicked"]);
});

test("the same outcome of a touch is the same event, another occurrence another", () => {
  expect(outcome("Clicked")?.messageId).toBe(outcome("Clicked", { at: NOON + 5, now: NOON + 9 })?.messageId);
  expect(outcome("Clicked", { occurrence: "2" })?.messageId).not.toBe(outcome("Clicked")?.messageId);
});

test("a person with no identifier has no events", () => {
  expect(outcome("Sent", { person: aPerson("nobody") })).toBeUndefined();
});
