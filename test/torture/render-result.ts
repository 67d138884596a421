import type { Toll } from "./killer.ts";
import { type Sample, sumDisk } from "./resources.ts";
import type { TortureResult } from "./torture.ts";

const shownViolations = 30;
const group = (count: number): string => count.toLocaleString("en-GB");

/** Megabytes with one decimal. */
export const spellBytes = (bytes = 0): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** What happened, as a table, and what does not hold. */
export function renderResult(result: TortureResult): string {
  const { traffic, starts, comparisons, violations, peak, last, seconds } = result;
  const slowest = Math.max(0, ...starts) / 1000;
  const rows: [string, string][] = [
    ["people", group(result.people)],
    ["calls accepted", `${group(traffic.accepted)} of ${group(result.calls)}`],
    [
      "requests",
      `${group(traffic.requests)}: ${group(traffic.retries)} retries, ${group(traffic.duplicates)} needless`,
    ],
    ["kills", `${result.tolls.length}`],
    ...spellTolls(result.tolls),
    ["restarts", `${starts.length}, the slowest ready after ${slowest.toFixed(1)} s`],
    ["memory", `${spellBytes(last.memory)} at the end, ${spellBytes(peak.memory)} at most`],
    ["open descriptors", `${group(last.descriptors ?? 0)} at the end, ${group(peak.descriptors ?? 0)} at most`],
    ["threads", `${group(last.threads ?? 0)} at the end, ${group(peak.threads ?? 0)} at most`],
    ["data directory", `${spellBytes(sumDisk(last))} at the end: ${spellDisk(last)}`],
    ["  at most", spellDisk(peak)],
    ["time", `${seconds.all.toFixed(0)} s, ${seconds.killing.toFixed(0)} s of it under fire`],
    ["comparisons", group(comparisons)],
    ["violations", group(violations.length)],
  ];
  const lines = rows.map(([name, value]) => `${name.padEnd(22)}${value}`);
  const shown = violations.slice(0, shownViolations).map((violation) => `  ✗ ${violation}`);
  const rest = violations.length > shownViolations ? [`  … and ${violations.length - shownViolations} more`] : [];
  return [...lines, ...shown, ...rest].join("\n");
}

function spellTolls(tolls: readonly Toll[]): [string, string][] {
  return [...Map.groupBy(tolls, ({ victim }) => victim)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([victim, struck]) => {
      const lost = struck.filter((toll) => toll.struck === "answered").length;
      return [`  ${victim}`, `${struck.length}${lost > 0 ? `, ${lost} of them once it had answered` : ""}`];
    });
}

function spellDisk({ disk }: Sample): string {
  return Object.entries(disk)
    .filter(([, bytes]) => bytes > 50_000)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, bytes]) => `${name} ${spellBytes(bytes)}`)
    .join(", ");
}
