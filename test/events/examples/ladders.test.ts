import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { type CompiledBundle, compileBundle } from "#domain/definitions/compile-bundle.ts";
import { type StoredThresholds, writeThresholds } from "#domain/definitions/thresholds.ts";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import { rfmSegment } from "#domain/rules/quantiles.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { readFolder } from "../../../console/cli/definitions/read-folder.ts";
import { anEvent, aPerson, NOON } from "../../support/people.ts";

const RETAIL = fileURLToPath(new URL("../../../events/examples/definitions/retail", import.meta.url));
const DAY_MS = 86_400_000;
const TODAY = Math.floor(NOON / DAY_MS);
const RANKS = [0.2, 0.4, 0.6, 0.8];
const quintiles = (...values: number[]) => RANKS.map((rank, n): [number, number] => [rank, values[n] ?? 0]);

/** As a run would find them: days, orders, pence. */
const thresholds: StoredThresholds = writeThresholds({
  at: NOON,
  day: TODAY,
  exact: true,
  values: new Map([
    ["buyers orders.daysSinceLast", new Map(quintiles(10, 20, 30, 40))],
    ["buyers orders.count", new Map(quintiles(1, 2, 3, 4))],
    ["buyers orders.revenue", new Map([...quintiles(1000, 2000, 3000, 4000), [0.5, 2500]])],
  ]),
});

let bundle: CompiledBundle;
let beforeRun: CompiledBundle;
beforeAll(async () => {
  const written = await readFolder(RETAIL);
  const definitions = written.map(({ kind, name, definition }) => ({ kind, name, version: 1, definition }));
  bundle = compileBundle({ version: 1, definitions, thresholds });
  beforeRun = compileBundle({ version: 1, definitions });
});

let made = 0;
function did(event: string, daysAgo: number, changed: Partial<CollectedEvent> = {}): CollectedEvent {
  return anEvent(`m-${++made}`, { event, at: NOON - daysAgo * DAY_MS, ...changed });
}

function ordered(daysAgo: number, pounds: number, properties: Record<string, unknown> = {}): CollectedEvent {
  const order = { kind: "completed" as const, id: `o-${++made}`, amountMinor: pounds * 100 };
  return did("Order Completed", daysAgo, { order, money: { revenue: pounds * 100 }, properties });
}

const born = (birthday: string) => did("Signed Up", 1, { traits: { birthday } });
const viewed = (category: string, daysAgo = 1) => did("Product Viewed", daysAgo, { properties: { category } });
const coupon = { coupon: "SPRING" };

/** The tier of one ladder that somebody with these events stands on. */
function tierOf(ladder: string, events: readonly CollectedEvent[], by = bundle, now = NOON): string {
  const ann = aPerson("ann");
  const person = { ...ann, state: foldEvents(ann.state, events, by.features).state };
  const { memberships } = evaluateMemberships(person, now, by);
  const tiers = [...memberships.keys()].filter((key) => key.startsWith(`tier:${ladder}=`));
  expect(tiers.length).toBe(1);
  return tiers.join().slice(`tier:${ladder}=`.length);
}

describe("the example ladders put people where an operator would", () => {
  test.each<[string, string, () => CollectedEvent[]]>([
    ["lifecycle", "potential", () => []],
    ["lifecycle", "potential", () => [viewed("tea")]],
    ["lifecycle", "new", () => [ordered(10, 20)]],
    ["lifecycle", "active", () => [ordered(200, 20), ordered(10, 20)]],
    ["lifecycle", "silent", () => [ordered(200, 20), ordered(90, 20)]],
    ["lifecycle", "lost", () => [ordered(365, 20)]],
    ["behaviour", "away", () => [viewed("tea", 30)]],
    ["behaviour", "browser", () => [viewed("tea", 29)]],
    ["behaviour", "carter", () => [viewed("tea"), did("Product Added", 2)]],
    ["behaviour", "buyer", () => [did("Product Added", 2), ordered(2, 20)]],
    ["age-band", "unknown", () => []],
    ["age-band", "minor", () => [born("2015-01-01")]],
    ["age-band", "from-18", () => [born("2000-02-29")]],
    ["age-band", "from-30", () => [born("1996-12-31")]],
    ["age-band", "from-45", () => [born("1970-06-01")]],
    ["age-band", "from-60", () => [born("1950-06-01")]],
    ["value", "none", () => [viewed("tea")]],
    ["value", "low", () => [ordered(5, 25)]],
    ["value", "middle", () => [ordered(5, 20), ordered(500, 20)]],
    ["value", "high", () => [ordered(5, 20), ordered(300, 21)]],
    ["price-sensitivity", "unknown", () => [ordered(365, 20)]],
    ["price-sensitivity", "full-price", () => [ordered(2, 20), viewed("tea")]],
    ["price-sensitivity", "quality-seeker", () => [viewed("handmade"), viewed("tea"), viewed("tea")]],
    ["price-sensitivity", "price-aware", () => [viewed("handmade"), viewed("sale")]],
    ["price-sensitivity", "price-aware", () => [ordered(2, 20, coupon)]],
    ["price-sensitivity", "price-aware", () => [1, 2, 3, 4].map((n) => ordered(n, 20, n % 2 === 0 ? coupon : {}))],
    ["price-sensitivity", "deal-seeker", () => [ordered(2, 20, coupon), ordered(3, 20), ordered(4, 20, coupon)]],
  ])("%s: %s", (ladder, tier, events) => {
    expect(tierOf(ladder, events())).toBe(tier);
  });

  test("rfm: each pair of scores is its segment's tier, and nobody is left over", () => {
    for (const r of [1, 2, 3, 4, 5]) {
      for (const fm of [1, 2, 3, 4, 5]) {
        const daysAgo = (5 - r) * 10 + 5;
        const events = Array.from({ length: fm }, (_, n) => ordered(daysAgo + n / 100, n === 0 ? fm * 10 - 4 : 0));
        expect(`${r} ${fm} ${tierOf("rfm", events)}`).toBe(`${r} ${fm} ${rfmSegment(r, fm)}`);
      }
    }
    expect(tierOf("rfm", [viewed("tea")])).toBe("unscored");
  });

  test("before the first run nobody has a segment, and no buyer is more than low", () => {
    const events = [ordered(5, 20), ordered(300, 2100)];
    expect([tierOf("rfm", events, beforeRun), tierOf("value", events, beforeRun)]).toEqual(["unscored", "low"]);
  });
});

test("every tier of the example ladders has a title in English and in Chinese", async () => {
  const ladders = (await readFolder(RETAIL)).filter(({ kind }) => kind === "ladder");
  expect(ladders.map(({ name }) => name).toSorted()).toEqual([
    "age-band",
    "behaviour",
    "lifecycle",
    "price-sensitivity",
    "rfm",
    "value",
  ]);
  for (const { definition } of ladders) {
    const { tiers } = definition as { tiers: { title?: { en?: string; zh?: string } }[] };
    for (const { title } of tiers) expect([title?.en, title?.zh]).toEqual([expect.any(String), expect.any(String)]);
  }
});
