import type { PersonRun } from "#events/admin-api/journeys.ts";
import type { MembershipExplanation } from "#events/admin-api/memberships.ts";
import type { ProfileView } from "#events/admin-api/profile-view.ts";
import { spellRun } from "./journeys/journey-text.ts";
import { countOf, groupDigits, padText, printable, spellAmount, spellDay, spellInstant } from "./spell.ts";
import { spellEvidence } from "./spell-evidence.ts";
import type { Terminal } from "./terminal.ts";

const MERGED_SHOWN = 5;

/** Runs of journeys that are shown of one person. */
const RUNS_SHOWN = 10;

/** A person for a reader; `why` explains the memberships, `journeys` are the person's runs. */
export function renderProfile(
  view: ProfileView,
  why: readonly MembershipExplanation[],
  journeys: readonly PersonRun[],
  c: Terminal["outColours"],
): string[] {
  const [main] = view.identifiers;
  const rows: [string, string][] = [
    ["identifiers", view.identifiers.map(({ type, value }) => `${printable(type)}:${printable(value)}`).join("  ")],
    ...Object.entries(view.traits).map(([name, trait]): [string, string] => [printable(name), printable(trait.value)]),
    [
      "orders",
      countAndAmount(
        view.orders.count,
        view.orders.revenue,
        `${spellDay(view.orders.first)} … ${spellDay(view.orders.last)}`,
      ),
    ],
    ["refunds", countAndAmount(view.refunds.count, view.refunds.amount)],
    ["seen", `${spellDay(view.firstSeen)} … ${spellDay(view.lastSeen)}, active on ${countOf(view.activeDays, "day")}`],
    ["place", printable(Object.values(view.place).join(", "))],
    ["device", printable(Object.values(view.device).join(", "))],
    ["came by", printable(Object.values(view.acquisition.first ?? {}).join(" / "))],
    [
      "consent",
      Object.entries(view.consent)
        .map(([name, { granted }]) => `${printable(name)} ${granted ? "yes" : "no"}`)
        .join(", "),
    ],
    ...Object.entries(view.tiers).map(([ladder, stand]): [string, string] => [printable(ladder), spellTier(stand)]),
    ["merged from", spellMerged(view.mergedFrom)],
  ];
  const shown = rows.filter(([, value]) => value !== "");
  const width = Math.max(...shown.map(([name]) => name.length));
  const lines = [
    `${c.bold(main === undefined ? view.profileId : `${printable(main.type)} ${printable(main.value)}`)}  ${c.dim(`${view.profileId}, version ${view.version}`)}`,
    ...shown.map(([name, value]) => `  ${c.dim(padText(name, width))}  ${value}`),
    "",
  ];
  if (view.memberships.length === 0) lines.push(c.dim("  in no tag, segment or tier"));
  for (const { key, since, until } of view.memberships) {
    const end = until === null ? "" : `, can change on its own at ${spellInstant(until)}`;
    lines.push(`  ${c.green("●")} ${c.bold(printable(key))}  ${c.dim(`since ${spellInstant(since)}${end}`)}`);
    const reason = why.find((one) => one.key === key);
    for (const evidence of reason?.because ?? [])
      lines.push(`      ${evidence.holds ? c.green("✔") : c.dim("·")} ${spellEvidence(evidence)}`);
    if (reason?.warming) lines.push(`      ${c.yellow(spellWarming(reason.warming.completeFrom))}`);
  }
  return [...lines, ...renderRuns(journeys, c)];
}

function renderRuns(journeys: readonly PersonRun[], c: Terminal["outColours"]): string[] {
  if (journeys.length === 0) return [];
  const more = journeys.length - RUNS_SHOWN;
  return [
    "",
    ...journeys.slice(0, RUNS_SHOWN).map((run) => {
      const mark = run.outcome === null ? c.green("▶") : c.dim("■");
      return `  ${mark} ${c.bold(printable(run.journey))}  ${c.dim(spellRun(run))}`;
    }),
    ...(more > 0 ? [c.dim(`  and ${groupDigits(more)} more (--json lists them)`)] : []),
  ];
}

/** `middle since 2026-03-01, high before` */
function spellTier({ tier, since, previous }: ProfileView["tiers"][string]): string {
  return `${printable(tier)} since ${spellDay(since)}${previous === null ? "" : `, ${printable(previous)} before`}`;
}

function spellWarming(completeFrom: string | null): string {
  return `warming: complete ${completeFrom === null ? "after a re-tiering run" : `from ${spellInstant(completeFrom)}`}`;
}

/** A person may have been merged a hundred times. */
function spellMerged(ids: readonly string[]): string {
  const more = ids.length - MERGED_SHOWN;
  const shown = ids.slice(0, MERGED_SHOWN).map(printable).join("  ");
  return more > 0 ? `${shown}  and ${groupDigits(more)} more (--json lists them)` : shown;
}

function countAndAmount(count: number, amount: { amount: number; currency: string }, more = ""): string {
  if (count === 0) return "none";
  return `${groupDigits(count)}, ${spellAmount(amount)}${more === "" ? "" : `, ${more}`}`;
}
