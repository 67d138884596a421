import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ProfileId } from "#domain/profile/state.ts";
import type { Touch } from "#domain/touches/touch.ts";
import { claim, settle } from "#domain/touches/touch-moves.ts";

const NOON = Date.UTC(2026, 4, 1, 12);
const by = (now: number) => ({ owner: "w", provider: "hook", now, leaseMs: 60_000 });
const requested: Touch = {
  id: "t-1",
  profileId: "p_1" as ProfileId,
  journey: "thanks",
  definitionVersion: 1,
  runId: "r-1",
  path: "steps.0.send",
  channels: ["webhook"],
  channel: "webhook",
  template: "receipt",
  category: "transactional",
  overCap: "skip",
  arms: [],
  cause: { factId: "f-1", at: NOON },
  requestedAt: NOON,
  state: "requested",
  changedAt: NOON,
  attempt: 0,
};
const lost = fc.constantFrom("timed_out", "connection_lost", "http_500");
const refusal = fc.constantFrom("http_410", "http_422");
const of = { idempotent: true, now: NOON };

describe("a touch that its provider may have, and that the provider refuses when it is given it again", () => {
  test("is unknown after a lost answer: the first time it may have been taken", () => {
    fc.assert(
      fc.property(lost, refusal, (code, why) => {
        const uncertain = settle(claim(requested, by(NOON)), { kind: "unknown", code }, of);
        const refused = settle(claim(uncertain, by(NOON)), { kind: "failed", code: why }, of);
        expect(refused).toMatchObject({ state: "unknown", reason: why });
      }),
    );
  });

  test("is unknown after a lease that ran out", () => {
    fc.assert(
      fc.property(refusal, (why) => {
        const again = claim(claim(requested, by(NOON)), by(NOON + 60_001));
        expect(settle(again, { kind: "failed", code: why }, of)).toMatchObject({ state: "unknown", reason: why });
      }),
    );
  });

  test("has failed where nobody can have it: it was only refused, or asked to wait", () => {
    fc.assert(
      fc.property(refusal, fc.boolean(), (why, hasWaited) => {
        const busy = { kind: "retry", afterMs: 0, code: "http_429" } as const;
        const before = hasWaited ? settle(claim(requested, by(NOON)), busy, of) : requested;
        const refused = settle(claim(before, by(NOON)), { kind: "failed", code: why }, of);
        expect(refused).toMatchObject({ state: "failed", reason: why });
      }),
    );
  });
});
