import { emptyState } from "#domain/profile/empty-state.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { IdentifierKey, ProfileState } from "#domain/profile/state.ts";
import type { FeaturePlan } from "#domain/rules/features.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Benchmark } from "./benchmark.ts";
import { ExpectedPeople } from "./population/expected-people.ts";
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
    const expected = new ExpectedPeople();
    const lines = Array.from(shopBatches({ people, events }, calendar), (batch) => {
      for (const action of batch.actions) expected.add(action);
      return batch.lines;
    });
    expected.check(foldAll(lines, features));
    say(`${events} events fold to the right states`);
    const timed = await timeRatio({
      ours: () => foldAll(lines, features),
      yardstick: () => parseAll(lines),
      runs,
      say,
    });
    const delivered = lines.reduce((sum, batch) => sum + batch.length, 0);
    const fastest = (side: "ours" | "yardstick") => Math.min(...timed[side].map(({ thread }) => thread));
    return {
      figures: [
        { name: "speed, × JSON.parse alone", value: timed.ratio, goal: { atLeast: 0.35 } },
        { name: "speed, × JSON.parse alone, the collector's threads counted too", value: timed.ratioOfProcess },
        { name: "spread of the ratio over the runs (largest by smallest)", value: timed.spread },
        { name: "events delivered, repeats included", value: delivered },
        { name: "people", value: expected.size },
        { name: "here, folded", value: delivered / fastest("ours"), unit: "events/s" },
        { name: "here, parsed alone", value: delivered / fastest("yardstick"), unit: "events/s" },
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
