import { Engine } from "json-rules-engine";
import { emptyState } from "#domain/profile/empty-state.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { ProfileState } from "#domain/profile/state.ts";
import { type CompiledRule, compileRule } from "#domain/rules/compile.ts";
import { planFeatures } from "#domain/rules/features.ts";
import type { RuleSettings } from "#domain/rules/settings.ts";
import { makeSubject } from "#domain/rules/subject.ts";
import { holdsIn } from "#domain/rules/verdict.ts";
import { type Calendar, makeCalendar } from "#domain/time/calendar.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { type Benchmark, checkAnswer, WrongAnswerError } from "./benchmark.ts";
import { shopBatches } from "./population/shop-batches.ts";
import { countFacts, type Facts } from "./rules/count-facts.ts";
import { TEN_RULES } from "./rules/ten-rules.ts";
import { timeRatio } from "./time-ratio.ts";

const DEFAULT_EVENTS = 100_000;
const EVENTS_A_PERSON = 1_000_000 / 97_000;
/** A state is judged when it has just been decoded, and lies in the processor's cache. So people are taken as many at a
 *  time as the cache holds, and ours judges them so often while the yardstick does once: a clock that ticks in
 *  milliseconds sees both. */
const PEOPLE_AT_A_TIME = 100;
const PASSES = 50;

interface Person {
  readonly state: ProfileState;
  readonly facts: Facts;
}

export const rules: Benchmark = {
  name: "rules",
  summary: "ten rules of three conditions each over everybody's state, against json-rules-engine over facts",
  async run({ events = DEFAULT_EVENTS, runs, say }) {
    const calendar = makeCalendar("Europe/London");
    const settings: RuleSettings = { calendar, minorUnits: 100, traitMode: () => undefined };
    const compiled = TEN_RULES.map(({ rule }) => compileRule(rule, settings));
    const { people, now } = drawPeople(events, settings);
    const engine = makeEngine();
    const held = await checkAnswers(people, { compiled, engine, now, calendar });
    say(`both give the same ${people.length * TEN_RULES.length} answers, ${held} of them yes`);
    const timed = await timeRatio({
      ours: () => judgeAll(people, { compiled, now, calendar }),
      yardstick: () => runAll(people, engine),
      runs,
      say,
    });
    const judged = people.length * PASSES;
    const fastest = (side: "ours" | "yardstick") => Math.min(...timed[side].map(({ thread }) => thread));
    return {
      figures: [
        { name: "speed, × json-rules-engine", value: timed.ratio * PASSES, goal: { atLeast: 100 } },
        { name: "the same, the collector's threads counted too", value: timed.ratioOfProcess * PASSES },
        { name: "spread of the ratio over the runs (largest by smallest)", value: timed.spread },
        { name: "people", value: people.length },
        { name: "answers that are yes", value: held / (people.length * TEN_RULES.length) },
        { name: "here, ours", value: judged / fastest("ours"), unit: "profiles/s" },
        { name: "here, json-rules-engine", value: people.length / fastest("yardstick"), unit: "profiles/s" },
      ],
      notes: [
        "Checked: every answer of every person, ours from the state against json-rules-engine's from facts that were counted out of the raw events by other code.",
        "json-rules-engine is given its best case: one engine, built once; every window counted before the clock starts; facts as plain values, no functions and no paths; the rules of one priority, so that they run side by side.",
        "Ours counts the windows itself while the clock runs, and finds for each answer until when it stands.",
        `Ours judges ${PEOPLE_AT_A_TIME} people ${PASSES} times over before the next ${PEOPLE_AT_A_TIME}: as after decoding, a state is in the processor's cache.`,
      ],
    };
  },
};

function drawPeople(events: number, settings: RuleSettings): { people: Person[]; now: number } {
  const { calendar } = settings;
  const plan = planFeatures(
    TEN_RULES.map(({ rule }) => rule),
    settings,
  );
  const byPerson = new Map<string, CollectedEvent[]>();
  let now = 0;
  for (const { lines } of shopBatches({ people: Math.ceil(events / EVENTS_A_PERSON), events }, calendar)) {
    for (const event of lines.map((line) => JSON.parse(line) as CollectedEvent)) {
      const key = event.identifiers[0]?.[1] ?? "";
      byPerson.set(key, [...(byPerson.get(key) ?? []), event]);
      now = Math.max(now, event.at);
    }
  }
  now += 3_600_000;
  const people = Array.from(byPerson.values(), (delivered): Person => {
    const once = [...new Map(delivered.map((event) => [event.messageId, event])).values()];
    return { state: foldEvents(emptyState(), delivered, plan).state, facts: countFacts(once, now) };
  });
  return { people, now };
}

function makeEngine(): Engine {
  const engine = new Engine([], { allowUndefinedFacts: true });
  for (const { name, conditions } of TEN_RULES) engine.addRule({ name, conditions, event: { type: name } });
  return engine;
}

/** Throws WrongAnswerError at the first answer that differs. Returns how many are yes. */
async function checkAnswers(
  people: readonly Person[],
  by: { compiled: readonly CompiledRule[]; engine: Engine; now: number; calendar: Calendar },
): Promise<number> {
  const held = new Map(TEN_RULES.map(({ name }) => [name, 0]));
  for (const { state, facts } of people) {
    const { events } = await by.engine.run(facts);
    const theirs = new Set(events.map(({ type }) => type));
    const subject = makeSubject(state, by.now, by.calendar);
    for (const [n, { name }] of TEN_RULES.entries()) {
      const holds = by.compiled[n]?.evaluate(subject).holds;
      checkAnswer(`${name} of ${JSON.stringify(facts)}`, String(holds), String(theirs.has(name)));
      if (holds) held.set(name, (held.get(name) ?? 0) + 1);
    }
  }
  for (const [name, count] of held) {
    if (count === 0 || count === people.length) throw new WrongAnswerError(`${name} tells nobody apart`);
  }
  return [...held.values()].reduce((sum, count) => sum + count, 0);
}

function judgeAll(
  people: readonly Person[],
  { compiled, now, calendar }: { compiled: readonly CompiledRule[]; now: number; calendar: Calendar },
): number {
  let held = 0;
  for (let first = 0; first < people.length; first += PEOPLE_AT_A_TIME) {
    const some = people.slice(first, first + PEOPLE_AT_A_TIME);
    for (let pass = 0; pass < PASSES; pass++) {
      for (const { state } of some) {
        const subject = makeSubject(state, now, calendar);
        for (const rule of compiled) if (holdsIn(rule.judge(subject))) held++;
      }
    }
  }
  return held;
}

async function runAll(people: readonly Person[], engine: Engine): Promise<number> {
  let held = 0;
  for (const { facts } of people) held += (await engine.run(facts)).events.length;
  return held;
}
