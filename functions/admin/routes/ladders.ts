import * as z from "zod";
import { readStored } from "#domain/definitions/bundle.ts";
import { NO_TIER } from "#domain/measure/tier-moves.ts";
import { tierKey } from "#domain/rules/membership-key.ts";
import { writeInstant, writeInstantOrNull } from "#events/admin-api/answer.ts";
import { dayRangeQuery, writeDay } from "#events/admin-api/calendar-days.ts";
import { LadderDistribution, LadderMigration } from "#events/admin-api/ladders.ts";
import type { LadderDefinition } from "#events/definitions/index.ts";
import { AdminError } from "../admin-error.ts";
import { type DayRange, readDayRange } from "../day-range.ts";
import type { AdminPorts } from "../ports.ts";
import { defineRoute } from "../route.ts";

/** Counting by query costs one read unit for every hundred or so members: up to here it is worth it. */
const COUNTED_UP_TO = 10_000;

const tag = "Ladders";
const params = z.object({ name: z.string().min(1).max(64).meta({ example: "lifecycle" }) });

export const getDistribution = defineRoute({
  method: "GET",
  path: "/admin/v1/ladders/{name}/distribution",
  role: "viewer",
  tag,
  summary: "Count the people on each tier of a ladder",
  description:
    "As of the last exact count, which a re-tiering run or GET /totals makes. Before the first one, counted live from the index of members, with exact: false.",
  params,
  answers: { 200: { description: "People by tier, the best first.", schema: LadderDistribution } },
  refusals: { 404: "ladder_unknown" },
  async handle({ params, now }, ports) {
    const ladder = await findLadder(params.name, ports);
    const { tiers, exact, at } = await countTiers(ladder, now, ports);
    const people = tiers.reduce((sum, tier) => sum + tier.people, 0);
    return { status: 200, body: { ...headOf(ladder), tiers, people, exact, asOf: writeInstant(at) } };
  },
});

export const getMigration = defineRoute({
  method: "GET",
  path: "/admin/v1/ladders/{name}/migration",
  role: "viewer",
  tag,
  summary: "Sum the moves between the tiers of a ladder",
  description: "By calendar days of the project's time zone, as re-tiering runs have counted them.",
  params,
  query: z.object(dayRangeQuery),
  answers: { 200: { description: "Moves from tier to tier, and what each gained and lost.", schema: LadderMigration } },
  refusals: { 400: "range_invalid", 404: "ladder_unknown" },
  async handle({ params, query, now }, ports) {
    const ladder = await findLadder(params.name, ports);
    const { calendar } = await ports.inForce();
    const range = readDayRange(query, calendar.dayOf(now));
    const [moves, counted] = await Promise.all([sumMoves(ladder, range, ports), countedDays(ladder, range, ports)]);
    return {
      status: 200,
      body: {
        ...headOf(ladder),
        from: writeDay(range.from),
        to: writeDay(range.to),
        tiers: netOf(ladder, moves),
        moves,
        ...counted,
      },
    };
  },
});

/** The ladder in force. Throws AdminError 404 `ladder_unknown`, naming those that there are. */
async function findLadder(name: string, ports: Pick<AdminPorts, "definitions">): Promise<LadderDefinition> {
  const { definitions } = await ports.definitions.current();
  const ladders = definitions.map(readStored).filter((definition) => definition.kind === "ladder");
  const found = ladders.find((ladder) => ladder.name === name);
  if (found) return found;
  throw new AdminError(404, "ladder_unknown", `there is no ladder ${JSON.stringify(name)}`, {
    details: { ladders: ladders.map((ladder) => ladder.name) },
  });
}

function headOf({ name, title }: LadderDefinition): { ladder: string; title?: typeof title } {
  return { ladder: name, ...(title && { title }) };
}

function tierOf({ name, title }: LadderDefinition["tiers"][number]): { tier: string; title?: typeof title } {
  return { tier: name, ...(title && { title }) };
}

/** The last exact counts, if there is one of every tier: figures of two kinds would not add up. */
async function countTiers(ladder: LadderDefinition, now: number, { metrics, tags }: AdminPorts) {
  const keys = ladder.tiers.map(({ name }) => tierKey(ladder.name, name));
  const last = await Promise.all(keys.map((key) => metrics.lastMembershipCount(key)));
  const known = last.flatMap((figure) => figure ?? []);
  if (known.length === last.length) {
    const tiers = ladder.tiers.map((tier, n) => ({ ...tierOf(tier), people: last[n]?.count ?? 0 }));
    return { tiers, exact: true, at: Math.min(...known.map(({ at }) => at)) };
  }
  const live = await Promise.all(keys.map((key) => tags.count(key, COUNTED_UP_TO)));
  const tiers = ladder.tiers.map((tier, n) => ({
    ...tierOf(tier),
    people: live[n]?.count ?? 0,
    ...(live[n]?.complete === false && { atLeast: true }),
  }));
  return { tiers, exact: false, at: now };
}

/** Over the whole range, the newly entered first, then as the ladder lists its tiers. */
async function sumMoves(
  ladder: LadderDefinition,
  range: DayRange,
  { metrics }: AdminPorts,
): Promise<LadderMigration["moves"]> {
  const sums = new Map<string, { from: string | null; to: string; moves: number }>();
  for (const { dimension, value } of await metrics.series({ metric: "tier-moves", by: "move" }, range)) {
    const [name, from = NO_TIER, to = ""] = dimension.split(" ");
    if (name !== ladder.name) continue;
    const moves = value + (sums.get(dimension)?.moves ?? 0);
    sums.set(dimension, { from: from === NO_TIER ? null : from, to, moves });
  }
  const rank = rankIn(ladder);
  return [...sums.values()].toSorted((a, b) => rank(a.from) - rank(b.from) || rank(a.to) - rank(b.to));
}

/** Tiers that the ladder no longer has come last. */
function rankIn({ tiers }: LadderDefinition): (tier: string | null) => number {
  const ranks = new Map(tiers.map(({ name }, n) => [name, n]));
  return (tier) => (tier === null ? -1 : (ranks.get(tier) ?? tiers.length));
}

function netOf(ladder: LadderDefinition, moves: LadderMigration["moves"]): LadderMigration["tiers"] {
  const listed = ladder.tiers.map(tierOf);
  const known = new Set(listed.map(({ tier }) => tier));
  const gone = new Set(moves.flatMap(({ from, to }) => [from ?? to, to]).filter((tier) => !known.has(tier)));
  const sum = (some: LadderMigration["moves"]) => some.reduce((total, { moves: each }) => total + each, 0);
  return [...listed, ...[...gone].map((tier) => ({ tier }))].map((tier) => {
    const entered = sum(moves.filter(({ to }) => to === tier.tier));
    const left = sum(moves.filter(({ from }) => from === tier.tier));
    return { ...tier, in: entered, out: left, net: entered - left };
  });
}

async function countedDays({ name }: LadderDefinition, range: DayRange, { metrics }: AdminPorts) {
  const figures = await metrics.series({ metric: "tier-moves", by: "ladder" }, range);
  const days = figures.filter(({ dimension }) => dimension === name);
  const uncountedDays = range.to - range.from + 1 - days.length;
  return {
    uncountedDays,
    exact: uncountedDays === 0 && days.every(({ exact }) => exact),
    asOf: writeInstantOrNull(days.reduce((newest, { at }) => Math.max(newest, at), -Infinity)),
  };
}
