import type { CollectedEvent } from "#events/collected-event.ts";
import type { Rule } from "#events/rule.ts";

/** A second reading of definitions.md, as plain and slow as can be: every question is asked of the raw events, with no
 *  state, no buckets and no compiled anything. It must import nothing of the evaluator, the features or the calendar. */
export interface BruteForceSettings {
  readonly timeZone: string;
  readonly minorUnits: number;
  readonly traitModes: Readonly<Record<string, string>>;
  /** Properties that are amounts of money. */
  readonly monetary: readonly string[];
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
  throw new Error(`no such leaf: ${Object.keys(rule).join()}`);
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
  const { event, property, where = [], within, atLeast = -Infinity, below = Infinity } = leaf;
  let total = 0n;
  for (const it of events) {
    if (it.event !== event || !isWithin(it.at, within, now, settings) || !meets(where, it, settings)) continue;
    const amount = settings.monetary.includes(property) ? it.money?.[property] : it.properties?.[property];
    if (typeof amount !== "number") continue;
    total += BigInt(settings.monetary.includes(property) ? amount : Math.round(amount * 10_000));
  }
  const units = BigInt(settings.monetary.includes(property) ? settings.minorUnits : 10_000);
  return isAtLeast(total, units, atLeast) && !isAtLeast(total, units, below);
}

/** numerator ÷ denominator ≥ limit, by the digits that the limit is written with. */
function isAtLeast(numerator: bigint, denominator: bigint, limit: number): boolean {
  if (!Number.isFinite(limit)) return limit < 0;
  const [whole = "0", digits = ""] = limit.toFixed(6).split(".");
  return numerator * 1_000_000n >= BigInt(whole + digits) * denominator;
}

function orders(
  leaf: NonNullable<Rule["orders"]>,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
) {
  const told = Map.groupBy(
    events.filter(({ order }) => order && order.kind !== "refunded").toSorted((a, b) => a.at - b.at),
    ({ order }) => order?.id,
  );
  const counted = [...told.values()].flatMap((changes) => {
    const placed = changes.find(({ order }) => order?.kind !== "cancelled");
    if (!placed || changes.at(-1)?.order?.kind === "cancelled") return [];
    if (!isWithin(placed.at, leaf.within, now, settings)) return [];
    const amounts = changes.filter(({ order }) => order?.kind !== "cancelled" && order?.amountMinor !== undefined);
    return [{ at: placed.at, amount: BigInt(amounts.at(-1)?.order?.amountMinor ?? 0) }];
  });
  const size = BigInt(counted.length);
  const amount = counted.reduce((total, order) => total + order.amount, 0n);
  const units = BigInt(settings.minorUnits);
  if (leaf.count) return inRange(leaf.count, size, 1n);
  if (leaf.revenue) return inRange(leaf.revenue, amount, units);
  if (counted.length === 0) return false;
  if (leaf.averageValue) return inRange(leaf.averageValue, amount, units * size);
  const last = Math.max(...counted.map(({ at }) => dayOf(at, settings.timeZone)));
  return inRange(leaf.daysSinceLast ?? {}, BigInt(dayOf(now, settings.timeZone) - last), 1n);
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

const formats = new Map<string, Intl.DateTimeFormat>();
const days = new Map<string, number>();

/** The local date of an instant by Intl, as days since 1970-01-01. */
function dayOf(at: number, timeZone: string): number {
  const key = `${timeZone} ${Math.floor(at / 60_000)}`;
  const known = days.get(key);
  if (known !== undefined) return known;
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en-CA", { timeZone });
  formats.set(timeZone, format);
  const day = Date.parse(`${format.format(at)}T00:00:00Z`) / 86_400_000;
  days.set(key, day);
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
