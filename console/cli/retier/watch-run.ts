import { setTimeout as sleep } from "node:timers/promises";
import { RetierRun } from "#events/admin-api/retier.ts";
import type { ApiClient } from "../api-client.ts";
import { countOf, groupDigits, spellSeconds } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

const LIVE_MS = 500;
const PLAIN_MS = 5_000;
const BAR_WIDTH = 24;

const PHASES: Readonly<Record<RetierRun["phase"], string>> = {
  thresholds: "finding thresholds",
  everyone: "evaluating everyone",
  tags: "comparing members",
  mend: "mending members",
  missing: "finding missing members",
  done: "done",
};

/** Shows how far a run is until it is over or stopped: a bar on a terminal, plain lines elsewhere. */
export async function watchRun(api: ApiClient, runId: string, terminal: Terminal): Promise<RetierRun> {
  const startedAt = performance.now();
  let shown: string | undefined;
  for (;;) {
    const run = await readRun(api, runId);
    if (run.status !== "running") {
      if (terminal.live) terminal.redraw("");
      return run;
    }
    const rate = Math.round(run.people.seen / Math.max(1, (performance.now() - startedAt) / 1000));
    if (terminal.live) terminal.redraw(drawBar(run, rate, terminal));
    else {
      const line = `${PHASES[run.phase]}: ${describe(run, rate).join(", ")}`;
      if (line !== shown) terminal.say(line);
      shown = line;
    }
    await sleep(terminal.live ? LIVE_MS : PLAIN_MS);
  }
}

export function readRun(api: ApiClient, runId: string): Promise<RetierRun> {
  return api.get(`/admin/v1/retier/${encodeURIComponent(runId)}`, RetierRun);
}

function shareOf({ slices, people, phase }: RetierRun): number {
  const byPeople = phase === "everyone" && people.expected ? people.seen / people.expected : 0;
  return Math.min(1, Math.max(byPeople, slices.total === 0 ? 0 : slices.done / slices.total));
}

function describe(run: RetierRun, rate: number): string[] {
  const { seen, changed } = run.people;
  return [
    `${Math.floor(shareOf(run) * 100)} %`,
    ...(seen === 0 ? [] : [`${countOf(seen, "profile")}`, `${groupDigits(rate)}/s`, `${groupDigits(changed)} changed`]),
    ...(run.etaSeconds === null ? [] : [`${spellSeconds(run.etaSeconds)} left`]),
  ];
}

function drawBar(run: RetierRun, rate: number, { errColours, columns }: Terminal): string {
  const label = PHASES[run.phase];
  const filled = Math.round(shareOf(run) * BAR_WIDTH);
  const bar = errColours.cyan("█".repeat(filled)) + errColours.dim("░".repeat(BAR_WIDTH - filled));
  const parts = describe(run, rate);
  // A bar that wraps can no longer be overwritten.
  while (parts.length > 1 && label.length + BAR_WIDTH + 3 + parts.join(" · ").length > columns) parts.pop();
  return `${label} ${bar} ${parts.join(" · ")}`;
}
