import type { Evidence } from "#events/fact.ts";
import { printable } from "./spell.ts";

/** What says which value is meant; everything else in `wants` says what is asked of it. */
const SUBJECT_KEYS: readonly string[] = ["event", "property", "name", "where", "within", "on"];

const ASKED: Readonly<Record<string, string>> = {
  atLeast: "at least",
  atMost: "at most",
  in: "one of",
  notIn: "none of",
  gt: "more than",
  gte: "at least",
  lt: "less than",
  lte: "at most",
  startsWith: "starts with",
  for: "longer ago than",
};

const LEAVES: Readonly<Record<string, string>> = { did: "", activeDays: "active days", inactive: "last seen" };

/** One deciding condition for a reader: `Order Completed within 180d: 30 (at least 4)`. */
export function spellEvidence({ path, seen, wants }: Evidence): string {
  // The steps before the leaf only say where in all, any and not it stands.
  const leaf = path.split(".").findLast((step) => !/^\d+$/.test(step)) ?? path;
  const special = spellSpecial(leaf, seen, wants);
  if (special !== undefined) return special;
  const subject = [LEAVES[leaf] ?? leaf];
  const asked: string[] = [];
  if (isRecord(wants)) describe(wants, subject, asked);
  else subject.push(spellValue(wants));
  const words = subject.filter((word) => word !== "").join(" ");
  return `${words}: ${spellSeen(seen)}${asked.length === 0 ? "" : ` (${asked.join(", ")})`}`;
}

/** Evidence that is no leaf of a rule, or whose values say more than one number. */
function spellSpecial(leaf: string, seen: unknown, wants: unknown): string | undefined {
  if (leaf === "manual") {
    if (!isRecord(seen)) return "nobody put the person in, by hand or by import";
    return `${seen.on === true ? "put in" : "taken out"} by ${spellValue(seen.by)}`;
  }
  if (leaf === "value" && Array.isArray(seen)) {
    const ranked = seen.filter(isRecord).map(({ value, weight }) => `${spellValue(value)} (${spellValue(weight)})`);
    return `prefers ${ranked.join(", ") || "nothing yet"}; asked for ${spellValue(wants)}`;
  }
  if (leaf === "hold") return `kept on ${spellValue(seen)} for ${spellValue(wants)} after the last change`;
  if (seen === "warming") return `${leaf}: not known before a re-tiering run`;
  return undefined;
}

/** Whether a condition is met as its place in the rule asks: below an odd number of nots, it is where it does not hold. */
export function isMet({ path, holds }: Evidence): boolean {
  const nots = path.split(".").filter((step) => step === "not").length;
  return (nots % 2 === 0) === holds;
}

/** By how much a condition that is not met fails, where its values are numbers: `2 more`; empty where they are not. */
export function spellGap(evidence: Evidence): string {
  if (isMet(evidence)) return "";
  const { seen, wants, holds, path } = evidence;
  if (holds) return "must not be so";
  const number = isRecord(seen) ? seen.value : seen;
  if (typeof number !== "number" || !isRecord(wants)) return "";
  if (isRecord(seen) && typeof seen.threshold === "number") {
    return path.endsWith("quantile") && seen.threshold >= number ? `has to be above ${spellValue(seen.threshold)}` : "";
  }
  const limits = Object.entries(wants).flatMap(([, value]) => (isRecord(value) ? [value] : []));
  const { atLeast, below, atMost } = Object.assign({}, wants, ...limits) as Record<string, unknown>;
  const least = typeof atLeast === "number" ? atLeast : path.endsWith("did") ? 1 : undefined;
  if (least !== undefined && number < least) return `${spellValue(least - number)} more`;
  if (typeof below === "number" && number >= below) return `has to be below ${spellValue(below)}`;
  return typeof atMost === "number" && number > atMost ? `${spellValue(number - atMost)} too many` : "";
}

function describe(wants: Readonly<Record<string, unknown>>, subject: string[], asked: string[]): void {
  for (const [key, value] of Object.entries(wants)) {
    if (isRecord(value)) {
      subject.push(printable(key));
      describe(value, subject, asked);
    } else if (SUBJECT_KEYS.includes(key)) {
      if (key === "within") subject.push("within");
      subject.push(spellValue(value));
    } else asked.push(`${ASKED[key] ?? printable(key)} ${spellValue(value)}`);
  }
}

function spellSeen(seen: unknown): string {
  if (seen === true) return "yes";
  if (seen === false) return "no";
  if (seen === null || seen === undefined) return "nothing known";
  if (isRecord(seen)) {
    const parts = Object.entries(seen).filter(([key]) => key !== "exact");
    return parts.map(([key, value]) => `${printable(key)} ${spellSeen(value)}`).join(", ");
  }
  return spellValue(seen);
}

function spellValue(value: unknown): string {
  if (typeof value === "number") return value.toLocaleString("en-GB", { maximumFractionDigits: 2 });
  if (Array.isArray(value)) return value.map(spellValue).join(", ");
  return printable(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
