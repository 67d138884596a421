import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countOpens, featuresOfOpens, makeChannelOpens } from "#domain/decide/channel-opens.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import { mergeStates } from "#domain/profile/merge.ts";
import { planFeatureSpecs } from "#domain/rules/features.ts";
import { makeCalendar } from "#domain/time/calendar.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { anEvent, NOON } from "../../support/people.ts";

const DAY = 86_400_000;
const TODAY = Math.floor(NOON / DAY);
const settings = { calendar: makeCalendar("UTC"), minorUnits: 100, traitMode: () => undefined };
const byChannel = new Map(["email", "sms", "inapp"].map((name) => [name, makeChannelOpens(name, settings)]));
const plan = planFeatureSpecs([...byChannel.values()].flatMap(featuresOfOpens));

interface Happening {
  readonly name: string;
  readonly touch: string;
  readonly channel: string;
  readonly daysAgo: number;
  readonly automated?: boolean;
}

/** An event of the platform about a touch; the same one has the same messageId. */
function said({ name, touch, channel, daysAgo, automated }: Happening): CollectedEvent {
  const at = NOON - daysAgo * DAY;
  const properties = { touchId: touch, channel, ...(automated && { automated }) };
  return anEvent(`${name} ${touch} ${daysAgo} ${automated}`, { event: name, at, receivedAt: at, properties });
}

const fold = (events: readonly CollectedEvent[]) => foldEvents(emptyState(), events, plan).state;
const count = (happenings: readonly Happening[], channel = "email") =>
  countOpens(fold(happenings.map(said)), byChannel.get(channel), TODAY);
const sent = (touch: string, daysAgo = 5, channel = "email"): Happening => ({
  name: "Message Sent",
  touch,
  channel,
  daysAgo,
});
const opened = (touch: string, daysAgo = 5, channel = "email"): Happening => ({
  name: "Message Opened",
  touch,
  channel,
  daysAgo,
});
const clicked = (touch: string, daysAgo = 5, channel = "email"): Happening => ({
  name: "Message Clicked",
  touch,
  channel,
  daysAgo,
});

describe("what a person opens of a channel", () => {
  test("is counted by message, on however many days it is opened and clicked", () => {
    expect(count([sent("a"), sent("b"), opened("a", 4), opened("a", 3), clicked("a", 3), clicked("a", 1)])).toEqual({
      sent: 2,
      opened: 1,
    });
  });

  test("a link that is followed tells that it was opened, also where no picture was loaded", () => {
    expect(count([sent("a", 5, "sms"), sent("b", 5, "sms"), clicked("b", 5, "sms")], "sms")).toEqual({
      sent: 2,
      opened: 1,
    });
  });

  test("what a program opens is not opened", () => {
    expect(count([sent("a"), { ...opened("a"), automated: true }, { ...clicked("a"), automated: true }])).toEqual({
      sent: 1,
      opened: 0,
    });
  });

  test("each channel has its own", () => {
    const both = [sent("a"), sent("b", 5, "sms"), opened("a"), opened("a", 5, "sms")];
    expect([count(both), count(both, "sms")]).toEqual([
      { sent: 1, opened: 1 },
      { sent: 1, opened: 0 },
    ]);
  });

  test("a popup that was closed was seen", () => {
    const closed = anEvent("closed", { event: "In-App Dismissed", properties: { touchId: "a" } });
    const state = fold([said(sent("a", 1, "inapp")), said(sent("b", 1, "inapp")), closed]);
    expect(countOpens(state, byChannel.get("inapp"), TODAY)).toEqual({ sent: 2, opened: 1 });
  });

  test("is of the 90 days before today: nobody has had the time to open what came today", () => {
    const messages = [sent("today", 0), opened("today", 0), sent("new", 1), sent("old", 90), opened("old", 90)];
    expect(count([...messages, sent("older", 91), opened("older", 1)])).toEqual({ sent: 2, opened: 1 });
  });

  test("is of the last 64 messages", () => {
    const many = Array.from({ length: 80 }, (_, n) => [
      sent(`m${n}`, 80 - n),
      ...(n < 40 ? [opened(`m${n}`, 80 - n)] : []),
    ]);
    expect(count(many.flat())).toEqual({ sent: 64, opened: 24 });
  });

  test("is nothing where nothing of it is kept", () => {
    expect(countOpens(fold([said(sent("a"))]), undefined, TODAY)).toEqual({ sent: 0, opened: 0 });
  });

  const happening: fc.Arbitrary<Happening> = fc.record({
    name: fc.constantFrom("Message Sent", "Message Sent", "Message Opened", "Message Clicked"),
    touch: fc.constantFrom("a", "b", "c", "d", "e", "f", "g"),
    channel: fc.constantFrom("email", "sms"),
    daysAgo: fc.nat(100),
    automated: fc.boolean(),
  });

  test("comes out the same in any order, with any redelivery, and whether or not the person was two before", () => {
    const told = fc.array(happening, { maxLength: 40 }).chain((happenings) =>
      fc.record({
        happenings: fc.constant(happenings),
        again: fc.shuffledSubarray(happenings, { minLength: happenings.length }),
        twice: fc.subarray(happenings),
        cut: fc.nat(happenings.length),
      }),
    );
    fc.assert(
      fc.property(told, ({ happenings, again, twice, cut }) => {
        const counts = (state: ReturnType<typeof fold>) =>
          ["email", "sms"].map((channel) => countOpens(state, byChannel.get(channel), TODAY));
        const once = counts(fold(happenings.map(said)));
        expect(counts(fold([...again, ...twice].map(said)))).toEqual(once);
        const [one, other] = [happenings.slice(0, cut), happenings.slice(cut)].map((part) => fold(part.map(said)));
        if (one && other) expect(counts(mergeStates(one, other, plan))).toEqual(once);
      }),
    );
  });

  test("is what a reading of the events says", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), (happenings) => {
        const touchesOf = (names: readonly string[], one: (happening: Happening) => boolean) =>
          new Set(
            happenings
              .filter((it) => it.channel === "email" && names.includes(it.name) && one(it))
              .map((it) => it.touch),
          );
        const sentDays = Map.groupBy(
          happenings.filter(({ name, channel }) => name === "Message Sent" && channel === "email"),
          ({ touch }) => touch,
        );
        // A touch is sent once; where a story says twice, the later counts.
        const inTime = [...sentDays]
          .filter(([, all]) => {
            const newest = Math.min(...all.map(({ daysAgo }) => daysAgo));
            return newest >= 1 && newest <= 90;
          })
          .map(([touch]) => touch);
        // What profiles keep ends 90 days before the newest event: nothing is opened before it was sent.
        const newest = Math.min(...happenings.map(({ daysAgo }) => daysAgo));
        const read = touchesOf(
          ["Message Opened", "Message Clicked"],
          ({ automated, daysAgo }) => automated !== true && daysAgo - newest <= 90,
        );
        expect(count(happenings)).toEqual({
          sent: inTime.length,
          opened: inTime.filter((touch) => read.has(touch)).length,
        });
      }),
    );
  });
});
