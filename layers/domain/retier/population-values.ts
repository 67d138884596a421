import { DDSketch } from "@datadog/sketches-js";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { isAnybody } from "#domain/profile/is-anybody.ts";
import type { Profile, ProfileState } from "#domain/profile/state.ts";
import type { FeatureSpec } from "#domain/rules/features.ts";
import { isBuyer, orderFigure, type QuantileSpec, type Thresholds } from "#domain/rules/population.ts";
import { HOUR_MS } from "#domain/time/duration.ts";

/** Up to so many people every value is kept as it is. */
const EXACT_UP_TO = 1_000_000;
/** Half of the 1 % that is promised: a threshold is rounded to an integer, which may add as much again from 100 on and
 *  makes smaller ones exact. */
const RELATIVE_ACCURACY = 0.005;
/** DDSketch (arxiv.org/abs/1908.10693): values whose logarithms round alike share a bin. */
const { mapping } = new DDSketch({ relativeAccuracy: RELATIVE_ACCURACY });

/** The values of a population, by quantile: how many people have each. Those of any slices of everyone, merged in any
 *  order, are those of one pass. */
export interface PopulationValues {
  readonly people: number;
  /** Of more people than are counted exactly, each value stands for its bin of a DDSketch. */
  readonly byQuantile: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

/** Collects the values of a population in place, person by person. */
export class PopulationCollector {
  private people = 0;
  private readonly byQuantile: Map<string, Map<number, number>>;
  private readonly bundle: Pick<CompiledBundle, "quantiles" | "calendar">;
  private readonly at: number;

  /** @param at when the run began: what windows and days are counted back from. */
  constructor(bundle: Pick<CompiledBundle, "quantiles" | "calendar">, at: number, collected?: PopulationValues) {
    this.bundle = bundle;
    this.at = at;
    this.people = collected?.people ?? 0;
    this.byQuantile = new Map(bundle.quantiles.map(({ id }) => [id, new Map(collected?.byQuantile.get(id))] as const));
  }

  add({ state }: Pick<Profile, "state">): void {
    if (!isAnybody(state)) return;
    this.people++;
    for (const quantile of this.bundle.quantiles) {
      if (quantile.among === "buyers" && !isBuyer(state)) continue;
      const value = this.measure(quantile, state);
      const values = this.byQuantile.get(quantile.id);
      if (value === undefined || !values) continue;
      const kept = this.people > EXACT_UP_TO ? binOf(value) : value;
      values.set(kept, (values.get(kept) ?? 0) + 1);
    }
    if (this.people === EXACT_UP_TO + 1) this.coarsen();
  }

  values(): PopulationValues {
    return { people: this.people, byQuantile: this.byQuantile };
  }

  private measure({ measure }: QuantileSpec, state: ProfileState): number | undefined {
    const { calendar } = this.bundle;
    return typeof measure === "string"
      ? orderFigure(measure, state, calendar.dayOf(this.at), calendar)
      : sumWithin(measure, state, this.bundle, this.at);
  }

  private coarsen(): void {
    for (const [id, values] of this.byQuantile) this.byQuantile.set(id, binned(values));
  }
}

/** What a sum over a window adds up to at an instant, as a rule would read it. */
function sumWithin(
  { id, unit, keep }: FeatureSpec,
  { features }: ProfileState,
  { calendar }: Pick<CompiledBundle, "calendar">,
  at: number,
): number {
  const buckets = features.get(id) ?? new Map<number, number>();
  if (unit === "ever") return buckets.get(0) ?? 0;
  const current = unit === "hour" ? Math.floor(at / HOUR_MS) : calendar.dayOf(at);
  let sum = 0;
  for (const [bucket, value] of buckets) if (bucket <= current && bucket > current - keep) sum += value;
  return sum;
}

/** The values of both together. Commutative and associative. Pure. */
export function mergeValues(a: PopulationValues, b: PopulationValues): PopulationValues {
  const people = a.people + b.people;
  const byQuantile = new Map<string, Map<number, number>>();
  for (const id of new Set([...a.byQuantile.keys(), ...b.byQuantile.keys()])) {
    const merged = new Map(a.byQuantile.get(id));
    for (const [value, count] of b.byQuantile.get(id) ?? []) merged.set(value, (merged.get(value) ?? 0) + count);
    byQuantile.set(id, people > EXACT_UP_TO ? binned(merged) : merged);
  }
  return { people, byQuantile };
}

/** The thresholds that a bundle asks for, of everyone's values. A quantile of which nobody has a value has none. */
export function findThresholds(
  { people, byQuantile }: PopulationValues,
  { quantiles, calendar }: Pick<CompiledBundle, "quantiles" | "calendar">,
  at: number,
): Thresholds {
  const values = new Map<string, ReadonlyMap<number, number>>();
  for (const { id, ranks } of quantiles) {
    const ascending = [...(byQuantile.get(id) ?? [])].toSorted(([a], [b]) => a - b);
    const found = ranks.flatMap((rank): [number, number][] => {
      const value = nearestRankOf(ascending, rank);
      return value === undefined ? [] : [[rank, Math.round(value)]];
    });
    values.set(id, new Map(found));
  }
  return { at, day: calendar.dayOf(at), exact: people <= EXACT_UP_TO, values };
}

/** The nearest-rank quantile (rules/quantiles.ts) of values that occur so many times each. */
function nearestRankOf(ascending: readonly (readonly [value: number, count: number])[], rank: number) {
  const total = ascending.reduce((sum, [, count]) => sum + count, 0);
  const nth = Math.max(1, Math.ceil(rank * total - 1e-9));
  let passed = 0;
  for (const [value, count] of ascending) {
    passed += count;
    if (passed >= nth) return value;
  }
  return undefined;
}

function binned(values: ReadonlyMap<number, number>): Map<number, number> {
  const bins = new Map<number, number>();
  for (const [value, count] of values) bins.set(binOf(value), (bins.get(binOf(value)) ?? 0) + count);
  return bins;
}

/** The value that stands for all of its bin: of a bin's own value, that value itself. */
function binOf(value: number): number {
  return value === 0 ? 0 : Math.sign(value) * mapping.value(mapping.key(Math.abs(value)));
}

/** As JSON; `decodeValues` reads it back. */
export function encodeValues({ people, byQuantile }: PopulationValues): EncodedValues {
  return { people, byQuantile: Array.from(byQuantile, ([id, values]) => [id, [...values]]) };
}

export function decodeValues({ people, byQuantile }: EncodedValues): PopulationValues {
  return { people, byQuantile: new Map(byQuantile.map(([id, values]) => [id, new Map(values)])) };
}

export interface EncodedValues {
  readonly people: number;
  readonly byQuantile: readonly (readonly [id: string, values: readonly (readonly [number, number])[]])[];
}
