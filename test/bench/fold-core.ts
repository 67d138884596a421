import { emptyState } from "#domain/profile/empty-state.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import { sumOrders } from "#domain/profile/orders.ts";
import type { IdentifierKey, ProfileState } from "#domain/profile/state.ts";
import type { FeaturePlan } from "#domain/rules/features.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { type Benchmark, checkAnswer, WrongAnswerError } from "./benchmark.ts";
import type { Action } from "./population/shop-action.ts";
import { shopBatches } from "./population/shop-batches.ts";
import { shopBundle } from "./population/shop-definitions.ts";
import { checkShopEvents } from "./population/shop-event.ts";
import { timeRatio } from "./time-ratio.ts";

const DEFAULT_EVENTS = 1_000_000;
/** 97,000 people for a million events. */
const EVENTS_A_PERSON = 1_000_000 / 97_000;

export const foldCore: Benchmark = {
  name: "fold-core",
  summary: "parse, dedupe and fold events into states, against JSON.parse alone of the same lines",
  async run({ events = DEFAULT_EVENTS, runs, say }) {
    checkShopEvents();
    const { features, calendar } = shopBundle();
    const people = Math.ceil(events / EVENTS_A_PERSON);
    const batches = Array.from(shopBatches({ people, events }, calendar));
    const lines = batches.map((batch) => batch.lines);
    checkStates(
      foldAll(lines, features),
      batches.flatMap(({ actions }) => actions),
    );
    say(`${events} events fold to the right states`);
    const timed = await timeRatio({
      ours: () => foldAll(lines, features),
      yardstick: () => parseAll(lines),
      runs,
      say,
    });
    const delivered = lines.reduce((sum, batch) => sum + batch.length, 0);
    return {
      figures: [
        { name: "speed, × JSON.parse alone", value: timed.ratio, goal: { atLeast: 0.35 } },
        { name: "spread of the ratio over the runs (largest by smallest)", value: timed.spread },
        { name: "events delivered, repeats included", value: delivered },
        { name: "people", value: people },
        {
          name: "mean line",
          value: lines.flat().reduce((sum, line) => sum + line.length, 0) / delivered,
          unit: "bytes",
        },
        { name: "here, folded", value: delivered / Math.min(...timed.oursSeconds), unit: "events/s" },
        { name: "here, parsed alone", value: delivered / Math.min(...timed.yardstickSeconds), unit: "events/s" },
      ],
      notes: [
        "Checked, person by person: orders, revenue, active days and last sight against sums over what was drawn; the lines against what collection makes of the calls.",
        "One event in 50 arrives twice. A person's events of a batch of 2,500 are folded together, 5 on average; ten features of ten tags are kept.",
      ],
    };
  },
};

function parseAll(batches: readonly (readonly string[])[]): number {
  let parsed = 0;
  for (const lines of batches) for (const line of lines) if (JSON.parse(line)) parsed++;
  return parsed;
}

function foldAll(batches: readonly (readonly string[])[], plan: FeaturePlan): Map<string, ProfileState> {
  const states = new Map<string, ProfileState>();
  for (const lines of batches) {
    const byPerson = new Map<string, CollectedEvent[]>();
    for (const line of lines) {
      const event = JSON.parse(line) as CollectedEvent;
      const key = event.identifiers[0]?.[1] ?? "";
      const own = byPerson.get(key);
      if (own) own.push(event);
      else byPerson.set(key, [event]);
    }
    for (const [key, events] of byPerson) {
      const before = states.get(key) ?? claimed(events[0]);
      states.set(key, foldEvents(before, events, plan).state);
    }
  }
  return states;
}

/** Events are folded after their identifiers are claimed, which is not part of the fold's core. */
function claimed(event: CollectedEvent | undefined): ProfileState {
  const identifiers = (event?.identifiers ?? []).map(([type, value]): [IdentifierKey, number] => [
    `${type}:${value}` as IdentifierKey,
    event?.at ?? 0,
  ]);
  return { ...emptyState(), identifiers: new Map(identifiers) };
}

/** Adds up what was drawn, with no code of the fold's. */
function checkStates(states: ReadonlyMap<string, ProfileState>, actions: readonly Action[]): void {
  const byPerson = Map.groupBy(actions, ({ person }) => person.userId ?? person.anonymousId);
  checkAnswer("people", states.size, byPerson.size);
  for (const [key, own] of byPerson) {
    const state = states.get(key);
    if (!state) throw new WrongAnswerError(`${key} has no state`);
    const orders = own.filter(({ orderId }) => orderId !== undefined);
    const known = sumOrders(state);
    const seenAt = own.filter(({ name }) => name !== "identify").map(({ at }) => at);
    checkAnswer(`orders of ${key}`, known.count, orders.length);
    const minor = orders.reduce((sum, { product }) => sum + Math.round((product?.price ?? 0) * 100), 0);
    checkAnswer(`revenue of ${key}`, known.revenueMinor, minor);
    checkAnswer(`last sight of ${key}`, state.lastSeen ?? -Infinity, Math.max(...seenAt));
    checkAnswer(`days of ${key}`, state.activeDays.size, new Set(own.flatMap(dayOfActivity)).size);
  }
}

/** London keeps summer time, an hour ahead of UTC, all through the population's 60 days. */
function dayOfActivity({ name, at }: Action): number[] {
  return name === "identify" ? [] : [Math.floor((at + 3_600_000) / 86_400_000)];
}
