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
  const subject = [LEAVES[leaf] ?? leaf];
  const asked: string[] = [];
  if (isRecord(wants)) describe(wants, subject, asked);
  else subject.push(spellValue(wants));
  const words = subject.filter((word) => word !== "").join(" ");
  return `${words}: ${spellSeen(seen)}${asked.length === 0 ? "" : ` (${asked.join(", ")})`}`;
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
