import { describe, expect, test } from "vitest";
import { decideTouch, type TouchQuestion } from "#domain/decide/decide-touch.ts";
import { parseQuietHours } from "#domain/decide/quiet-hours.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import type { ConsentState } from "#domain/profile/state.ts";
import { makeCalendar } from "#domain/time/calendar.ts";

const NOON = Date.parse("2026-11-20T12:00:00+08:00");
const NIGHT = Date.parse("2026-11-20T23:00:00+08:00");
const consents = (granted: boolean) => new Map<string, ConsentState>([["marketing.email", { granted, at: 1 }]]);

const WILLING: TouchQuestion = {
  channel: "email",
  category: "marketing",
  person: { id: "p_ann", state: { ...emptyState(), consent: consents(true) } },
  address: "ann@example.com",
  suppressed: false,
  controlShare: 0,
  quietHours: parseQuietHours({ from: "21:00", to: "08:00" }),
  calendar: makeCalendar("Asia/Shanghai"),
  now: NOON,
};
const { person: _, ...erased } = WILLING;
const { address: __, ...homeless } = WILLING;
const silent = { id: "p_ann", state: emptyState() };
const refusing = { id: "p_ann", state: { ...emptyState(), consent: consents(false) } };

describe("deciding about a touch", () => {
  test("somebody who agreed is reached by day", () => {
    expect(decideTouch(WILLING)).toEqual({ kind: "go", address: "ann@example.com" });
  });

  test.each([
    ["erased", erased],
    ["no_address", homeless],
    ["suppressed", { ...WILLING, suppressed: true }],
    ["no_consent", { ...WILLING, person: silent }],
    ["no_consent", { ...WILLING, person: refusing }],
    ["control_group", { ...WILLING, controlShare: 1 }],
  ])("is stopped: %s", (reason, question) => {
    expect(decideTouch(question)).toEqual({ kind: "stop", reason });
  });

  test("waits for the end of quiet hours", () => {
    const until = Date.parse("2026-11-21T08:00:00+08:00");
    expect(decideTouch({ ...WILLING, now: NIGHT })).toEqual({ kind: "wait", until, reason: "quiet_hours" });
  });

  test("what is transactional needs no consent and knows no quiet hours, but respects a suppression", () => {
    const receipt: TouchQuestion = {
      ...WILLING,
      category: "transactional",
      person: refusing,
      controlShare: 1,
      now: NIGHT,
    };
    expect(decideTouch(receipt).kind).toBe("go");
    expect(decideTouch({ ...receipt, suppressed: true })).toEqual({ kind: "stop", reason: "suppressed" });
  });

  test("the first reason in the order of the checks is the one that is told", () => {
    const everything = { ...erased, suppressed: true, controlShare: 1, now: NIGHT };
    expect(decideTouch(everything)).toEqual({ kind: "stop", reason: "erased" });
    expect(decideTouch({ ...homeless, person: silent, suppressed: true })).toEqual({
      kind: "stop",
      reason: "no_address",
    });
    expect(decideTouch({ ...WILLING, person: silent, suppressed: true })).toEqual({
      kind: "stop",
      reason: "suppressed",
    });
    expect(decideTouch({ ...WILLING, person: silent, controlShare: 1, now: NIGHT })).toEqual({
      kind: "stop",
      reason: "no_consent",
    });
  });
});
