import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyState } from "#domain/profile/empty-state.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { IdentifierKey, ProfileState } from "#domain/profile/state.ts";
import { compileRule } from "#domain/rules/compile.ts";
import { planFeatures } from "#domain/rules/features.ts";
import { planQuantiles } from "#domain/rules/population.ts";
import type { RuleSettings } from "#domain/rules/settings.ts";
import { makeSubject } from "#domain/rules/subject.ts";
import { makeCalendar } from "#domain/time/calendar.ts";
import type { Rule } from "#events/rule.ts";
import { arbitraryHistory, type History, TRAIT_MODES, telltaleInstants } from "./arbitrary-history.ts";
import { arbitraryLeaf, arbitraryPopulationRule } from "./arbitrary-rules.ts";
import { bruteForce } from "./brute-force.ts";
import { givenPopulation, givenThresholds } from "./given-population.ts";

const RUNS = { numRuns: 1000 };
const MINOR_UNITS = 100;

/** The fold learns since when an identifier was known once it is claimed. */
const claimed: ProfileState = {
  ...emptyState(),
  identifiers: new Map([["anonymousId:a-1" as IdentifierKey, Number.POSITIVE_INFINITY]]),
};

/** A rule ready to be asked of a person's folded state, and of the raw events. */
function prepare(rule: Rule, { timeZone, events, era }: History) {
  const calendar = makeCalendar(timeZone);
  const modes = new Map(Object.entries(TRAIT_MODES));
  const bare: RuleSettings = { calendar, minorUnits: MINOR_UNITS, traitMode: (name) => modes.get(name) };
  const runDay = calendar.dayOf(era);
  const settings = { ...bare, thresholds: givenThresholds(planQuantiles([rule], bare), era, runDay) };
  const { state } = foldEvents(claimed, events, planFeatures([rule], settings));
  const compiled = compileRule(rule, settings);
  const population = givenPopulation(runDay);
  const oracle = { timeZone, minorUnits: MINOR_UNITS, traitModes: TRAIT_MODES, monetary: ["revenue"], population };
  return {
    evaluate: (at: number) => compiled.evaluate(makeSubject(state, at, calendar)),
    truth: (at: number) => bruteForce(rule, events, at, oracle),
  };
}

describe("the laws of rules (model.md §4)", () => {
  test("the evaluator agrees with a brute-force evaluator over the raw events at every instant", () => {
    fc.assert(
      fc.property(arbitraryPopulationRule, arbitraryHistory, (rule, history) => {
        const { evaluate, truth } = prepare(rule, history);
        const { until } = evaluate(history.now);
        for (const at of telltaleInstants(history, history.now, until)) {
          if (evaluate(at).holds !== truth(at)) expect.fail(`at ${new Date(at).toISOString()}: not ${truth(at)}`);
        }
      }),
      RUNS,
    );
  });

  test("with no new event the answer stands from now until `until`", () => {
    fc.assert(
      fc.property(arbitraryPopulationRule, arbitraryHistory, (rule, history) => {
        const { evaluate, truth } = prepare(rule, history);
        const { holds, until } = evaluate(history.now);
        expect(until).toBeGreaterThan(history.now);
        for (const at of telltaleInstants(history, history.now, until)) {
          if (at >= until) continue;
          const later = evaluate(at);
          if (later.holds !== holds || truth(at) !== holds) expect.fail(`differs at ${new Date(at).toISOString()}`);
        }
      }),
      RUNS,
    );
  });

  test("`until` of a single leaf is the very instant at which the answer differs, or infinity", () => {
    let finite = 0;
    fc.assert(
      fc.property(arbitraryLeaf, arbitraryHistory, (rule, history) => {
        const { evaluate, truth } = prepare(rule, history);
        const { holds, until } = evaluate(history.now);
        if (until === Number.POSITIVE_INFINITY) return;
        finite++;
        expect(truth(until)).toBe(!holds);
        expect(truth(until - 1)).toBe(holds);
      }),
      { numRuns: 4000 },
    );
    expect(finite).toBeGreaterThan(300);
  });

  test("looking again at each `until` finds every change of the answer", () => {
    fc.assert(
      fc.property(arbitraryPopulationRule, arbitraryHistory, (rule, history) => {
        const { evaluate, truth } = prepare(rule, history);
        let answer = evaluate(history.now);
        for (const at of telltaleInstants(history, history.now, history.now).toSorted((a, b) => a - b)) {
          while (at >= answer.until) answer = evaluate(answer.until);
          if (answer.holds !== truth(at)) expect.fail(`missed before ${new Date(at).toISOString()}`);
        }
      }),
      RUNS,
    );
  });

  test("evidence holds the deciding leaves: judged alone they give the same answer", () => {
    fc.assert(
      fc.property(arbitraryPopulationRule, arbitraryHistory, (rule, history) => {
        const { evaluate } = prepare(rule, history);
        const { because, holds } = evaluate(history.now);
        expect(because.length).toBeGreaterThan(0);
        const decided = decide(rule, "", new Map(because.map((evidence) => [evidence.path, evidence.holds])));
        if (because.length < 10) expect(decided).toBe(holds);
      }),
      RUNS,
    );
  });
});

/** What a rule answers when only some of its leaves are known; undefined where they do not decide it. */
function decide(rule: Rule, path: string, known: ReadonlyMap<string, boolean>): boolean | undefined {
  if (rule.not) {
    const inner = decide(rule.not, `${path}not.`, known);
    return inner === undefined ? undefined : !inner;
  }
  const list = rule.all ?? rule.any;
  if (!list) return known.get(path + Object.keys(rule)[0]);
  const key = rule.all ? "all" : "any";
  const answers = list.map((child, index) => decide(child, `${path}${key}.${index}.`, known));
  const decisive = key === "any";
  if (answers.includes(decisive)) return decisive;
  return answers.includes(undefined) ? undefined : !decisive;
}
