import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CapUse, capsFor, takePlace } from "#domain/decide/caps.ts";

const DAY_MS = 86_400_000;

describe("frequency caps", () => {
  test("hold for the channel and category that they name, or for each where they name none", () => {
    const caps = [
      { channel: "sms", category: "marketing", max: 1, per: "1d" },
      { max: 4, per: "7d" },
    ] as const;
    expect(capsFor([...caps], "sms", "marketing")).toHaveLength(2);
    expect(capsFor([...caps], "email", "marketing")).toEqual([{ max: 4, perMs: 7 * DAY_MS }]);
  });

  test("a touch that has its place keeps it and takes no second one", () => {
    const first = takePlace([{ max: 1, perMs: DAY_MS }], [], "t-1", 5);
    if (first.kind !== "free") throw new Error("full");
    expect(takePlace([{ max: 1, perMs: DAY_MS }], first.uses, "t-1", 9)).toEqual(first);
    expect(takePlace([{ max: 1, perMs: DAY_MS }], first.uses, "t-2", 9)).toEqual({ kind: "full", opensAt: 5 + DAY_MS });
    expect(takePlace([{ max: 1, perMs: DAY_MS }], first.uses, "t-2", 5 + DAY_MS).kind).toBe("free");
  });

  test("no stretch of time ever holds more than a cap allows, and a place is there when it is said to open", () => {
    const cap = fc.record({ max: fc.integer({ min: 1, max: 4 }), perMs: fc.integer({ min: 1, max: 50 }) });
    const steps = fc.array(fc.nat(20), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(cap, { maxLength: 3 }), steps, (caps, waits) => {
        let uses: readonly CapUse[] = [];
        const taken: number[] = [];
        let now = 1_000;
        for (const [n, wait] of waits.entries()) {
          now += wait;
          const decision = takePlace(caps, uses, `t-${n}`, now);
          if (decision.kind === "full") {
            expect(takePlace(caps, uses, `t-${n}`, decision.opensAt).kind).toBe("free");
            expect(takePlace(caps, uses, `t-${n}`, decision.opensAt - 1).kind).toBe("full");
            continue;
          }
          uses = decision.uses;
          taken.push(now);
        }
        for (const { max, perMs } of caps) {
          for (const end of taken) {
            expect(taken.filter((at) => at > end - perMs && at <= end).length).toBeLessThanOrEqual(max);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
