import type { MembershipExplanation } from "#events/admin-api/memberships.ts";
import type { Evidence } from "#events/fact.ts";
import { spellMoment } from "./project-zone.ts";
import { printable } from "./spell.ts";
import { isMet, spellEvidence, spellGap } from "./spell-evidence.ts";
import type { Terminal } from "./terminal.ts";

interface Asked {
  /** `userId 12583`, or the profile's id. */
  readonly who: string;
  /** `Frequent buyer`, empty where the definition has no title. */
  readonly title: string;
  readonly timeZone: string;
}

/** Why somebody is, or is not, in a tag, a segment or a tier, in sentences. */
export function renderWhy(why: MembershipExplanation, asked: Asked, c: Terminal["outColours"]): string[] {
  const { who, title, timeZone } = asked;
  const name = title === "" ? c.bold(printable(why.key)) : `${c.bold(title)} ${c.dim(printable(why.key))}`;
  const since = why.since === null ? "" : `, since ${spellMoment(why.since, timeZone)}`;
  return [
    `${name}  ${c.dim(`definition of version ${why.definitionVersion}`)}`,
    why.holds ? `${c.green("✔")} ${who} is in it${since}, because` : `${c.red("✘")} ${who} is not in it, because`,
    ...renderEvidence(why.because, c),
    ...renderForeseen(why, timeZone, c),
    ...renderLadder(why, c),
    ...renderWarming(why, timeZone, c),
    ...renderHistory(why, timeZone, c),
    c.dim(`Times are those of ${timeZone}.`),
  ];
}

function renderEvidence(because: readonly Evidence[], c: Terminal["outColours"]): string[] {
  if (because.length === 0) return [c.dim("    nothing better holds")];
  return because.map((evidence) => {
    const gap = spellGap(evidence);
    const mark = isMet(evidence) ? c.green("✔") : c.red("✘");
    return `    ${mark} ${spellEvidence(evidence)}${gap === "" ? "" : c.yellow(`: ${gap}`)}`;
  });
}

function renderForeseen({ holds, foreseen }: MembershipExplanation, zone: string, c: Terminal["outColours"]): string[] {
  if (!foreseen) {
    return [`  It stays so unless something ${holds ? "happens" : "more happens"}: time alone changes nothing.`];
  }
  const when = spellMoment(foreseen.at, zone);
  const to = foreseen.to === null ? "" : `, for ${printable(foreseen.to)},`;
  const unless = foreseen.holds ? "if nothing happens before; then" : "unless something happens before; then";
  return [
    `  ${foreseen.holds ? "Enters" : "Leaves"} on ${c.bold(when)}${to} ${unless}`,
    ...renderEvidence(foreseen.because, c),
  ];
}

function renderLadder({ ladder }: MembershipExplanation, c: Terminal["outColours"]): string[] {
  if (!ladder) return [];
  const stands = `  Stands on ${c.bold(printable(ladder.tier))}`;
  if (!ladder.next) return [`${stands}, the best there is.`];
  return [
    `${stands}; the next, ${c.bold(printable(ladder.next.tier))}, takes`,
    ...renderEvidence(ladder.next.because, c),
  ];
}

function renderWarming({ warming }: MembershipExplanation, zone: string, c: Terminal["outColours"]): string[] {
  if (!warming) return [];
  const from = warming.completeFrom;
  const until = from === null ? "a re-tiering run has filled it in" : spellMoment(from, zone);
  return [c.yellow(`  Warming: what happened before the definition may be missing until ${until}.`)];
}

function renderHistory({ history }: MembershipExplanation, zone: string, c: Terminal["outColours"]): string[] {
  if (history.length === 0) return [];
  const isLadder = history[0]?.key.startsWith("tier:") === true;
  return [
    "  Changes that are known of",
    ...history.map(({ key, change, at, by }) => {
      const what = isLadder ? printable(key.slice(key.indexOf("=") + 1)) : change;
      return `    ${c.dim(spellMoment(at, zone))}  ${what}${by === null ? "" : ` by ${printable(by)}`}`;
    }),
  ];
}
