import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { evaluateMemberships, type MembershipChange } from "#domain/memberships/evaluate-memberships.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { IdentifierKey, MembershipKey, Profile } from "#domain/profile/state.ts";
import type { Rule } from "#events/rule.ts";
import { aPerson } from "../../support/people.ts";
import { arbitraryHistory, type History, TRAIT_MODES, telltaleInstants } from "../rules/arbitrary-history.ts";
import { arbitraryRule } from "../rules/arbitrary-rules.ts";
import { bruteForce } from "../rules/brute-force.ts";
import { aBundle, aTag } from "./bundles.ts";

const RUNS = { numRuns: 1000 };
const RUNGS = ["top", "middle", "rest"];
const HOLD = "3d";
const HOLD_MS = 3 * 86_400_000;

const claimed = new Map([["anonymousId:a-1" as IdentifierKey, Number.POSITIVE_INFINITY]]);

/** Two rules as tags, as a segment that asks for one of them and a tier, as a ladder, and as a ladder with a hold. */
function prepare(rules: readonly [Rule, Rule], { timeZone, events }: History) {
  const traits = Object.entries(TRAIT_MODES).map(([name, mode]) => ({ kind: "trait" as const, name, mode }));
  const bundle = aBundle(1, [
    { kind: "setting", name: "project", timeZone },
    ...traits,
    aTag("zero", rules[0]),
    aTag("one", rules[1]),
    aTag("both", { all: [{ tag: "zero" }, { not: { not: rules[1] } }] }),
    {
      kind: "segment",
      name: "either",
      rule: { any: [{ tag: "zero" }, { tier: { ladder: "plain", in: ["middle"] } }] },
    },
    aLadder("plain", rules),
    { ...aLadder("held", rules), hold: HOLD },
  ]);
  const person = aPerson("ann");
  const profile: Profile = {
    ...person,
    bundleVersion: 1,
    state: foldEvents({ ...person.state, identifiers: claimed }, events, bundle.features).state,
  };
  const settings = { timeZone, minorUnits: 100, traitModes: TRAIT_MODES, monetary: ["revenue"] };
  const truth = (at: number) => {
    const [zero, one] = rules.map((rule) => bruteForce(rule, events, at, settings));
    return {
      "tag:zero": zero,
      "tag:one": one,
      "tag:both": zero && one,
      "segment:either": zero || one,
      "tier:plain=top": zero,
      "tier:plain=middle": !zero && one,
      "tier:plain=rest": !zero && !one,
    };
  };
  return { bundle, profile, truth };
}

function aLadder(name: string, [top, middle]: readonly [Rule, Rule]) {
  const tiers = [{ name: "top", rule: top }, { name: "middle", rule: middle }, { name: "rest" }];
  return { kind: "ladder" as const, name, tiers };
}

/** Where a person stands on a ladder, and since when. */
function standing({ memberships }: Profile, ladder: string): [number, number] {
  const held = RUNGS.map((rung) => memberships.get(`tier:${ladder}=${rung}` as MembershipKey)?.since);
  expect(held.filter((since) => since !== undefined)).toHaveLength(1);
  const rung = held.findIndex((since) => since !== undefined);
  return [rung, held[rung] ?? 0];
}

function look(profile: Profile, now: number, bundle: CompiledBundle) {
  const { memberships, reviewAt, tierHistory, changes } = evaluateMemberships(profile, now, bundle);
  return { profile: { ...profile, memberships, reviewAt, tierHistory }, changes };
}

const rules = fc.tuple(arbitraryRule, arbitraryRule);
const days = fc.integer({ min: 0, max: 30 * 24 * 60 }).map((minutes) => minutes * 60_000);
const told = (changes: readonly MembershipChange[]) =>
  changes.map(({ key, change, since }) => `${since} ${change} ${key}`);

describe("the laws of memberships (model.md §5)", () => {
  test("evaluating twice changes nothing", () => {
    fc.assert(
      fc.property(rules, arbitraryHistory, days, (rules, history, wait) => {
        const { bundle, profile } = prepare(rules, history);
        const first = look(look(profile, history.now, bundle).profile, history.now + wait, bundle);
        expect(look(first.profile, history.now + wait, bundle)).toEqual({ profile: first.profile, changes: [] });
      }),
      RUNS,
    );
  });

  test("memberships are those of a brute-force evaluation at any instant of looking", () => {
    fc.assert(
      fc.property(rules, arbitraryHistory, days, (rules, history, wait) => {
        const { bundle, profile, truth } = prepare(rules, history);
        const { memberships } = look(look(profile, history.now, bundle).profile, history.now + wait, bundle).profile;
        for (const [key, holds] of Object.entries(truth(history.now + wait))) {
          expect([...memberships.keys()].includes(key as never)).toBe(holds);
        }
      }),
      RUNS,
    );
  });

  test("one late look finds the changes that many looks find, each since the very instant of its expiry", () => {
    fc.assert(
      fc.property(rules, arbitraryHistory, days, (rules, history, wait) => {
        const { bundle, profile, truth } = prepare(rules, history);
        const start = look(profile, history.now, bundle).profile;
        const end = history.now + wait;
        const once = look(start, end, bundle);
        let step = { profile: start, changes: [] as MembershipChange[] };
        const many: MembershipChange[] = [];
        const instants = telltaleInstants(history, history.now, end).filter((at) => at <= end);
        for (const at of instants.toSorted((a, b) => a - b)) {
          step = look(step.profile, at, bundle);
          many.push(...step.changes);
        }
        step = look(step.profile, end, bundle);
        many.push(...step.changes);
        expect(told(once.changes)).toEqual(told(many));
        expect(once.profile).toEqual(step.profile);
        for (const { key, change, since } of once.changes) {
          if (key.startsWith("tier:held=")) continue;
          const holds = change === "entered";
          expect(Object.entries(truth(since))).toContainEqual([key, holds]);
          expect(Object.entries(truth(since - 1))).toContainEqual([key, !holds]);
        }
      }),
      RUNS,
    );
  });

  test("a hold keeps from falling until its end and from nothing else", () => {
    fc.assert(
      fc.property(rules, arbitraryHistory, (rules, history) => {
        const { bundle, profile, truth } = prepare(rules, history);
        let step = look(profile, history.now, bundle).profile;
        const instants = telltaleInstants(history, history.now, history.now).toSorted((a, b) => a - b);
        for (const at of instants) {
          const { profile: next, changes } = look(step, at, bundle);
          const stood = changes.filter(({ key }) => key.startsWith("tier:held="));
          let [rung, since] = standing(step, "held");
          for (const { key, change, since: when } of stood) {
            if (change === "left") continue;
            const now = RUNGS.findIndex((name) => key === `tier:held=${name}`);
            expect(now).not.toBe(rung);
            if (now > rung) expect(when).toBeGreaterThanOrEqual(since + HOLD_MS);
            [rung, since] = [now, when];
          }
          const held = standing(next, "held");
          expect(held).toEqual([rung, since]);
          const raw = RUNGS.findIndex((name) =>
            Object.entries(truth(at)).some(([key, is]) => is && key === `tier:plain=${name}`),
          );
          // Never lower than the rules say, and higher only within the hold.
          expect(held[0]).toBeLessThanOrEqual(raw);
          if (held[0] < raw) expect(at).toBeLessThan(held[1] + HOLD_MS);
          step = next;
        }
      }),
      RUNS,
    );
  });
});
