import type { CollectedEvent } from "#events/collected-event.ts";
import type { Definition } from "#events/definitions/index.ts";
import type { Rule } from "#events/rule.ts";

/** A second reading of definitions.md, as plain and slow as can be: every question is asked of the raw events, with no
 *  state, no buckets and no compiled anything. It must import nothing of the evaluator, the features or the calendar. */
export interface BruteForceSettings {
  readonly timeZone: string;
  readonly minorUnits: number;
  readonly traitModes: Readonly<Record<string, string>>;
  /** Properties that are amounts of money. */
  readonly monetary: readonly string[];
  /** What rules may name. */
  readonly definitions?: readonly Definition[];
  /** The population as the last run found it. */
  readonly population?: Population;
}

/** A population, by what its quantiles are. */
export interface Population {
  /** The calendar day of the run. */
  readonly day: number;
  /** The value that this share of the population does not exceed, in the units that profiles keep: pence, ten-thousandths.
   *  `of` is `orders.revenue`, or the property of a sum. */
  readonly quantile: (among: string, of: string, share: number) => number;
}

export function bruteForce(
  rule: Rule,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
): boolean {
  const ask = (part: Rule): boolean => bruteForce(part, events, now, settings);
  if (rule.all) return rule.all.every(ask);
  if (rule.any) return rule.any.some(ask);
  if (rule.not) return !ask(rule.not);
  if (rule.did) return did(rule.did, events, now, settings);
  if (rule.sum) return sum(rule.sum, events, now, settings);
  if (rule.orders) return orders(rule.orders, events, now, settings);
  if (rule.activeDays) {
    const { within, atLeast } = rule.activeDays;
    const days = events
      .filter((event) => event.activity && isWithin(event.at, within, now, settings))
      .map((event) => dayOf(event.at, settings.timeZone));
    return new Set(days).size >= atLeast;
  }
  if (rule.inactive) {
    const seen = events.filter((event) => event.activity).map((event) => event.at);
    const [, amount, unit] = /^(\d+)([dh])$/.exec(rule.inactive.for) ?? [];
    const hours = Number(amount) * (unit === "d" ? 24 : 1);
    return seen.length > 0 && (now - Math.max(...seen)) / 3_600_000 >= hours;
  }
  if (rule.trait) return compares(rule.trait, traitOf(rule.trait.name, events, settings), settings);
  if (rule.distinct) {
    const { event, property, within, atLeast } = rule.distinct;
    const values = events
      .filter((it) => it.event === event && isWithin(it.at, within, now, settings))
      .map((it) => it.properties?.[property])
      .filter((value) => value !== undefined && value !== null);
    return new Set(values).size >= atLeast;
  }
  if (rule.prefers) return prefers(rule.prefers, events, settings);
  if (rule.anniversary) return anniversary(rule.anniversary, events, now, settings);
  if (rule.consent) return consent(rule.consent, events);
  if (rule.place) return isOneOf(rule.place, newest(events, "place"));
  if (rule.device) return isOneOf(rule.device, newest(events, "device"));
  if (rule.acquisition) {
    const { first, last, in: listed } = rule.acquisition;
    const touched = events.filter((event) => event.acquisition).toSorted((a, b) => a.at - b.at);
    const wanted = first ?? last ?? {};
    const fields = typeof wanted === "string" ? { [wanted]: listed } : wanted;
    const filled = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, value ?? listed]));
    return isOneOf(filled, touched.at(first ? 0 : -1)?.acquisition);
  }
  if (rule.rfm) return rfm(rule.rfm, events, settings);
  if (rule.quantile) return quantile(rule.quantile, events, now, settings);
  if (rule.tier) return rule.tier.in.includes(tierOf(rule.tier.ladder, events, now, settings) ?? "");
  const named = settings.definitions?.find(
    ({ kind, name }) => (kind === "tag" && name === rule.tag) || (kind === "segment" && name === rule.segment),
  );
  // What has no rule is given by hand, and nobody gave it.
  if (named) return "rule" in named && named.rule !== undefined && ask(named.rule);
  throw new Error(`no such leaf: ${Object.keys(rule).join()}`);
}

/** The first tier whose rule holds, else the last; where nothing holds anybody. */
export function tierOf(
  ladder: string,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
): string | undefined {
  const found = settings.definitions?.find(({ kind, name }) => kind === "ladder" && name === ladder);
  if (found?.kind !== "ladder") throw new Error(`no such ladder: ${ladder}`);
  return found.tiers.find(({ rule }) => rule === undefined || bruteForce(rule, events, now, settings))?.name;
}

/** The scores of a buyer, whom nothing but events and the next run change. */
const scores = new WeakMap<readonly CollectedEvent[], { population: Population; r: number; f: number; m: number }>();

function rfm(
  wanted: NonNullable<Rule["rfm"]>,
  events: readonly CollectedEvent[],
  settings: BruteForceSettings,
): boolean {
  const scored = scoreBuyer(events, settings);
  if (!scored) return false;
  const { r, f, m } = scored;
  const fm = Math.round((f + m) / 2);
  const isOne = (list: readonly number[] | undefined, score: number) => list === undefined || list.includes(score);
  return isOne(wanted.r, r) && isOne(wanted.f, f) && isOne(wanted.m, m) && isOne(wanted.fm, fm);
}

function scoreBuyer(events: readonly CollectedEvent[], settings: BruteForceSettings) {
  const { population } = settings;
  if (!population) return undefined;
  const known = scores.get(events);
  if (known?.population === population) return known;
  const counted = countedOrders(events);
  if (counted.length === 0) return undefined;
  const scoreOf = (of: string, value: number) =>
    1 + [0.2, 0.4, 0.6, 0.8].filter((share) => population.quantile("buyers", of, share) < value).length;
  const last = Math.max(...counted.map(({ at }) => dayOf(at, settings.timeZone)));
  const scored = {
    population,
    r: 6 - scoreOf("orders.daysSinceLast", population.day - last),
    f: scoreOf("orders.count", counted.length),
    m: scoreOf("orders.revenue", Number(amountOf(counted))),
  };
  scores.set(events, scored);
  return scored;
}

/** In the top: above what the others do not exceed; of days since the last order, not above what the first do not. */
function quantile(
  { of, among = "buyers", atLeast }: NonNullable<Rule["quantile"]>,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
): boolean {
  const { population } = settings;
  const counted = countedOrders(events);
  if (!population || (among === "buyers" && counted.length === 0)) return false;
  if (typeof of !== "string") {
    const limit = population.quantile(among, of.sum.property, atLeast);
    return addUp(of.sum, events, now, settings) > BigInt(limit);
  }
  if (of === "orders.count") return counted.length > population.quantile(among, of, atLeast);
  if (of === "orders.revenue") return Number(amountOf(counted)) > population.quantile(among, of, atLeast);
  const last = Math.max(...counted.map(({ at }) => dayOf(at, settings.timeZone)));
  const limit = population.quantile(among, of, 1 - atLeast);
  return counted.length > 0 && population.day - last <= limit;
}

function did(
  leaf: NonNullable<Rule["did"]>,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
) {
  const { event, where = [], within, atLeast = 1, atMost = Infinity, on } = leaf;
  const matching = events.filter(
    (it) => it.event === event && isWithin(it.at, within, now, settings) && meets(where, it, settings),
  );
  const times = on === "days" ? new Set(matching.map(({ at }) => dayOf(at, settings.timeZone))).size : matching.length;
  return times >= atLeast && times <= atMost;
}

function sum(
  leaf: NonNullable<Rule["sum"]>,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
) {
  const { property, atLeast = -Infinity, below = Infinity } = leaf;
  const total = addUp(leaf, events, now, settings);
  const units = BigInt(settings.monetary.includes(property) ? settings.minorUnits : 10_000);
  return isAtLeast(total, units, atLeast) && !isAtLeast(total, units, below);
}

/** Minor units of money; of everything else ten-thousandths. */
function addUp(
  { event, property, where = [], within }: Pick<NonNullable<Rule["sum"]>, "event" | "property" | "where" | "within">,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
): bigint {
  let total = 0n;
  for (const it of events) {
    if (it.event !== event || !isWithin(it.at, within, now, settings) || !meets(where, it, settings)) continue;
    const amount = settings.monetary.includes(property) ? it.money?.[property] : it.properties?.[property];
    if (typeof amount !== "number") continue;
    total += BigInt(settings.monetary.includes(property) ? amount : Math.round(amount * 10_000));
  }
  return total;
}

/** numerator ÷ denominator ≥ limit, by the digits that the limit is written with. */
function isAtLeast(numerator: bigint, denominator: bigint, limit: number): boolean {
  if (!Number.isFinite(limit)) return limit < 0;
  const millionths = limits.get(limit) ?? BigInt(limit.toFixed(6).replace(".", ""));
  limits.set(limit, millionths);
  return numerator * 1_000_000n >= millionths * denominator;
}

const limits = new Map<number, bigint>();

function orders(
  leaf: NonNullable<Rule["orders"]>,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
) {
  const counted = countedOrders(events).filter(({ at }) => isWithin(at, leaf.within, now, settings));
  const size = BigInt(counted.length);
  const amount = amountOf(counted);
  const units = BigInt(settings.minorUnits);
  if (leaf.count) return inRange(leaf.count, size, 1n);
  if (leaf.revenue) return inRange(leaf.revenue, amount, units);
  if (counted.length === 0) return false;
  if (leaf.averageValue) return inRange(leaf.averageValue, amount, units * size);
  const last = Math.max(...counted.map(({ at }) => dayOf(at, settings.timeZone)));
  return inRange(leaf.daysSinceLast ?? {}, BigInt(dayOf(now, settings.timeZone) - last), 1n);
}

interface CountedOrder {
  readonly at: number;
  readonly amount: bigint;
}
/** By the list of events, which nobody changes. */
const ordersOf = new WeakMap<readonly CollectedEvent[], readonly CountedOrder[]>();

function countedOrders(events: readonly CollectedEvent[]): readonly CountedOrder[] {
  const known = ordersOf.get(events) ?? countOrders(events);
  ordersOf.set(events, known);
  return known;
}

/** Orders that were placed and not cancelled, each as its last word says. */
function countOrders(events: readonly CollectedEvent[]): CountedOrder[] {
  const told = Map.groupBy(
    events.filter(({ order }) => order && order.kind !== "refunded").toSorted((a, b) => a.at - b.at),
    ({ order }) => order?.id,
  );
  return [...told.values()].flatMap((changes) => {
    const placed = changes.find(({ order }) => order?.kind !== "cancelled");
    if (!placed || changes.at(-1)?.order?.kind === "cancelled") return [];
    const amounts = changes.filter(({ order }) => order?.kind !== "cancelled" && order?.amountMinor !== undefined);
    return [{ at: placed.at, amount: BigInt(amounts.at(-1)?.order?.amountMinor ?? 0) }];
  });
}

function amountOf(counted: readonly CountedOrder[]): bigint {
  return counted.reduce((total, order) => total + order.amount, 0n);
}

/** The favourite is the value with the most events, each of which weighs 2^20 × 2^(−weeks / 4), rounded, by how many
 *  Mondays lie between it and the person's newest event. */
function prefers(
  { of, property, in: wanted, top = 1 }: NonNullable<Rule["prefers"]>,
  events: readonly CollectedEvent[],
  { timeZone }: BruteForceSettings,
): boolean {
  const mondaysUntil = (at: number) => Math.floor((dayOf(at, timeZone) - 4) / 7);
  const newest = Math.max(...events.map(({ at }) => mondaysUntil(at)));
  const weights = new Map<unknown, number>();
  for (const it of events) {
    const value = it.properties?.[property];
    if (it.event !== of || typeof value !== "string") continue;
    const weight = Math.round(2 ** 20 * 2 ** (-(newest - mondaysUntil(it.at)) / 4));
    weights.set(value, (weights.get(value) ?? 0) + weight);
  }
  const better = (value: string) =>
    [...weights].filter(([other, weight]) => {
      const own = weights.get(value) ?? 0;
      return weight > own || (weight === own && String(other) < value);
    }).length;
  return wanted.some((value) => weights.has(value) && better(value) < top);
}

/** Looks at every day of the window for the same day and month in a later year. */
function anniversary(
  { trait, within }: NonNullable<Rule["anniversary"]>,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
): boolean {
  const at = instant(traitOf(trait, events, settings), settings.timeZone);
  if (at === undefined) return false;
  const [year, month, date] = dateOf(dayOf(at, settings.timeZone));
  for (let ahead = 0; ahead < Number.parseInt(within, 10); ahead++) {
    const [y, m, d] = dateOf(dayOf(now, settings.timeZone) + ahead);
    if (y <= year || m !== month) continue;
    if (d === date) return true;
    const endsWith28 = Number.isNaN(Date.parse(`${y}-02-29`)) || new Date(`${y}-02-29`).getUTCDate() !== 29;
    if (m === 2 && date === 29 && d === 28 && endsWith28) return true;
  }
  return false;
}

function dateOf(day: number): [number, number, number] {
  const [y = 0, m = 0, d = 0] = new Date(day * 86_400_000).toISOString().slice(0, 10).split("-").map(Number);
  return [y, m, d];
}

/** A grant from a public source counts only if an earlier event had the same anonymousId. */
function consent(
  { purpose, channel, granted = true }: NonNullable<Rule["consent"]>,
  events: readonly CollectedEvent[],
) {
  const standing = new Map<string, { at: number; granted: boolean; counts: boolean }>();
  for (const event of events.toSorted((a, b) => a.at - b.at)) {
    const said = event.consent;
    if (said?.purpose !== purpose) continue;
    const anonymous = event.identifiers.find(([type]) => type === "anonymousId")?.[1];
    const wasKnown = events.some(
      (it) => it.at < event.at && it.identifiers.some(([type, value]) => type === "anonymousId" && value === anonymous),
    );
    const counts = !said.granted || event.source.type !== "web" || (anonymous !== undefined && wasKnown);
    standing.set(said.channel, { at: event.at, granted: said.granted, counts });
  }
  const words = [standing.get(channel), standing.get("*")].flatMap((word) => (word?.counts ? [word] : []));
  return words.toSorted((a, b) => b.at - a.at)[0]?.granted === granted;
}

function inRange(range: { atLeast?: number | undefined; below?: number | undefined }, top: bigint, bottom: bigint) {
  const { atLeast = -Infinity, below = Infinity } = range;
  return isAtLeast(top, bottom, atLeast) && !isAtLeast(top, bottom, below);
}

/** `3d`: today and the two days before it. `3h`: this clock hour and the two before it. */
function isWithin(at: number, within: string | undefined, now: number, { timeZone }: BruteForceSettings): boolean {
  if (within === undefined) return true;
  const amount = Number.parseInt(within, 10);
  const ago = within.endsWith("d")
    ? dayOf(now, timeZone) - dayOf(at, timeZone)
    : Math.floor(now / 3_600_000) - Math.floor(at / 3_600_000);
  return ago >= 0 && ago < amount;
}

const QUARTER_MS = 15 * 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const days = new Map<string, Map<number, number>>();

/** The local date of an instant by Intl, as days since 1970-01-01. Zones change their clocks on quarters of an hour. */
export function dayOf(at: number, timeZone: string): number {
  const known = days.get(timeZone) ?? new Map<number, number>();
  const quarter = Math.floor(at / QUARTER_MS);
  const found = known.get(quarter);
  if (found !== undefined) return found;
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en-CA", { timeZone });
  formats.set(timeZone, format);
  const day = Date.parse(`${format.format(at)}T00:00:00Z`) / 86_400_000;
  days.set(timeZone, known.set(quarter, day));
  return day;
}

type Condition = Omit<NonNullable<Rule["trait"]>, "name">;

function meets(
  where: readonly (Condition & { property: string })[],
  event: CollectedEvent,
  settings: BruteForceSettings,
): boolean {
  return where.every((condition) => {
    const { property } = condition;
    const minor = settings.monetary.includes(property) ? event.money?.[property] : undefined;
    return compares(
      condition,
      minor === undefined ? event.properties?.[property] : minor / settings.minorUnits,
      settings,
    );
  });
}

function compares(condition: Condition, value: unknown, settings: BruteForceSettings): boolean {
  const missing = value === undefined || value === null;
  if (condition.exists !== undefined) return condition.exists === !missing;
  if (missing) return false;
  const single = typeof value !== "object";
  if (condition.is !== undefined) return value === condition.is;
  if (condition.in) return condition.in.some((item) => item === value);
  if (condition.notIn) return single && condition.notIn.every((item) => item !== value);
  if (condition.contains !== undefined) {
    if (Array.isArray(value)) return value.some((item) => item === condition.contains);
    return typeof value === "string" && typeof condition.contains === "string" && value.includes(condition.contains);
  }
  if (condition.startsWith !== undefined) return typeof value === "string" && value.startsWith(condition.startsWith);
  if (condition.before !== undefined || condition.after !== undefined) {
    const [moment, limit] = [value, condition.before ?? condition.after].map((text) =>
      instant(text, settings.timeZone),
    );
    if (moment === undefined || limit === undefined) return false;
    return condition.before === undefined ? moment > limit : moment < limit;
  }
  if (typeof value !== "number") return false;
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = condition;
  return value > gt && value >= gte && value < lt && value <= lte;
}

/** A date is found as its first minute, by looking at every minute around it. */
function instant(text: unknown, timeZone: string): number | undefined {
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(Date.parse(text))) return undefined;
  if (text.length > 10) return Date.parse(text);
  const wanted = Date.parse(text) / 86_400_000;
  for (let at = Date.parse(text) - 15 * 3_600_000; ; at += 30 * 60_000) if (dayOf(at, timeZone) === wanted) return at;
}

function traitOf(name: string, events: readonly CollectedEvent[], { traitModes }: BruteForceSettings): unknown {
  const writes = events.filter(({ traits = {} }) => Object.hasOwn(traits, name)).toSorted((a, b) => a.at - b.at);
  const values = writes.map(({ traits = {} }) => traits[name]);
  switch (traitModes[name]) {
    case "setOnce":
      return values[0];
    case "add":
      return values.length === 0
        ? undefined
        : Math.round(values.reduce<number>((a, b) => a + Number(b), 0) * 1e4) / 1e4;
    case "append":
      return values.length === 0 ? undefined : [...new Set(values)];
    default:
      return writes.at(-1)?.traitModes?.[name] === "unset" ? undefined : values.at(-1);
  }
}

function newest<Key extends "place" | "device">(events: readonly CollectedEvent[], key: Key): CollectedEvent[Key] {
  return events
    .filter((event) => event[key])
    .toSorted((a, b) => a.at - b.at)
    .at(-1)?.[key];
}

function isOneOf(
  wants: Readonly<Record<string, string | readonly string[] | null | undefined>>,
  value: Readonly<Record<string, string | undefined>> | undefined,
): boolean {
  return Object.entries(wants).every(([field, wanted]) =>
    [wanted ?? []].flat().some((item) => value?.[field] === item),
  );
}
