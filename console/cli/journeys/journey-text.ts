import type { ArmStats, JourneyStats, PersonRun } from "#events/admin-api/journeys.ts";
import { groupDigits, padText, printable, spellInstant } from "../spell.ts";
import type { Terminal } from "../terminal.ts";
import { spellShare } from "./spell-checks.ts";

type Colours = Terminal["outColours"];

/** The figures of a journey for a reader. */
export function renderJourney(stats: JourneyStats, c: Colours): string[] {
  const { journey, version, from, to, share, keptFrom, runs } = stats;
  const of = version === null ? "" : `, version ${version}`;
  const counts = [
    `${groupDigits(runs.entered)} entered`,
    `${groupDigits(runs.heldOut)} held out`,
    `${groupDigits(runs.live)} live`,
  ];
  return [
    `${c.bold(printable(journey))}  ${c.dim(`entered ${from} to ${to}${of}`)}`,
    ...(share === 1 ? [] : [c.yellow(`  time ran out: these are the counts of ${spellShare(share)} of all runs`)]),
    ...(from >= keptFrom
      ? []
      : [c.yellow(`  before ${keptFrom} not every run is kept: rates of those days mean nothing`)]),
    `  ${counts.join(", ")}`,
    ...(Object.keys(stats.outcomes).length > 0 ? [c.dim(`  ended: ${spellCounts(stats.outcomes)}`)] : []),
    ...renderRefused(stats.refused, c),
    "",
    ...renderSteps(stats, c),
    ...renderGoal(stats.goal, c),
  ];
}

function renderRefused({ reasons }: JourneyStats["refused"], c: Colours): string[] {
  if (reasons.length === 0) return [];
  const counts = Object.fromEntries(reasons.map(({ reason, count }) => [reason, count]));
  return [c.dim(`  not let in, about: ${spellCounts(counts)}`)];
}

function renderSteps({ steps, messages }: JourneyStats, c: Colours): string[] {
  const width = Math.max(...steps.map(({ path }) => path.length), "step".length);
  const row = (path: string, ...cells: string[]) =>
    `  ${padText(path, width)}  ${cells.map((cell) => cell.padStart(9)).join("")}`;
  return [
    c.dim(row("step", "entered", "waiting", "left")),
    ...steps.flatMap(({ path, entered, waiting, left }) => {
      const message = messages.find((one) => one.path === path);
      return [
        row(printable(path), groupDigits(entered), groupDigits(waiting), groupDigits(left)),
        ...(message ? [c.dim(`    ${spellMessage(message)}`)] : []),
      ];
    }),
  ];
}

function spellMessage(message: JourneyStats["messages"][number]): string {
  const { sent, pending, unknown, failed, stopped, channels } = message;
  const chosen = Object.entries(channels).map(([channel, own]) => {
    return `${printable(channel)} ${groupDigits(own.sent)} of ${groupDigits(own.requested)} sent`;
  });
  return [
    `${groupDigits(sent)} sent`,
    ...(pending > 0 ? [`${groupDigits(pending)} on the way`] : []),
    ...(unknown > 0 ? [`${groupDigits(unknown)} unknown`] : []),
    ...(Object.keys(stopped).length > 0 ? [`not sent: ${spellCounts(stopped)}`] : []),
    ...(Object.keys(failed).length > 0 ? [`failed: ${spellCounts(failed)}`] : []),
    ...(chosen.length > 1 ? [`by channel: ${chosen.join(", ")}`] : []),
  ].join(", ");
}

function renderGoal(goal: JourneyStats["goal"], c: Colours): string[] {
  if (!goal) return ["", c.dim("  no goal: nothing to compare")];
  const arms: [string, ArmStats][] = [
    ["everyone", goal.everyone],
    ["holdout", goal.holdout],
    ...Object.entries(goal.experiments).flatMap(([experiment, own]) =>
      Object.entries(own).map(([arm, figures]): [string, ArmStats] => [`${experiment} ${arm}`, figures]),
    ),
  ];
  const width = Math.max(...arms.map(([name]) => name.length));
  return [
    "",
    c.dim("  goal reached, and how much more often than by those held out (95 %, however often you look)"),
    ...arms.map(([name, arm]) => `  ${padText(printable(name), width)}  ${spellArm(arm, c)}`),
  ];
}

function spellArm({ people, converted, rate, uplift }: ArmStats, c: Colours): string {
  const share = rate === null ? "–" : c.bold(spellShare(rate));
  const counted = c.dim(`${groupDigits(converted)} of ${groupDigits(people)}`);
  if (!uplift) return `${share}  ${counted}`;
  const { value, low, high } = uplift.absolute;
  const points = (number: number) => `${number < 0 ? "−" : "+"}${Math.abs(number * 100).toFixed(1)}`;
  const colour = low > 0 ? c.green : high < 0 ? c.red : c.dim;
  return `${share}  ${counted}  ${colour(`${points(value)} points (${points(low)} to ${points(high)})`)}`;
}

function spellCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${printable(name)} ${groupDigits(count)}`)
    .join(", ");
}

/** One run of a person, on a line. */
export function spellRun(run: PersonRun): string {
  const arms = Object.values(run.arms).map(printable);
  const arm = arms.length > 0 ? `, ${arms.join(", ")}` : "";
  const until = run.until === null ? "" : ` until ${spellInstant(run.until)}`;
  const ended = run.endedAt === null ? "" : ` at ${spellInstant(run.endedAt)}`;
  const state =
    run.outcome === null
      ? `at ${printable(run.at ?? "its end")}${until}`
      : `${run.outcome}${run.why === null ? "" : `, ${printable(run.why)},`}${ended}`;
  return `entered ${spellInstant(run.enteredAt)}${arm}: ${state}`;
}
