import { compileRule } from "#domain/rules/compile.ts";
import type { RuleSettings } from "#domain/rules/settings.ts";
import { compileWhere } from "#domain/rules/where.ts";
import { stepDurationMs } from "#events/definitions/journey/step-duration.ts";
import type { BranchCase, Step, WaitForStep } from "#events/definitions/journey/steps.ts";
import type { PropertyCondition } from "#events/rule/condition.ts";
import type { BranchTarget, EventPattern, Instruction, Program } from "./program.ts";

type After = "end" | "continue" | readonly Step[] | undefined;
/** An instruction whose jumps are not known yet: `place` is called once they are. */
type Draft = Instruction | (() => Instruction);

/** Lays the steps of a journey flat, behind a wait for the time of day at which it begins, where it names one. The last
 *  instruction is `end`. */
export function compileProgram(steps: readonly Step[], settings: RuleSettings, beginsAt?: string): Program {
  const drafts: Draft[] = [];
  if (beginsAt !== undefined) {
    const minuteOfDay = minuteOf(beginsAt);
    drafts.push({ op: "wait-until", path: "trigger", minuteOfDay, zone: "person", onEntryDay: true });
  }
  layList(steps, "steps", drafts, settings);
  drafts.push({ op: "end", path: "end" });
  return drafts.map((draft) => (typeof draft === "function" ? draft() : draft));
}

/** Compiles the name and conditions of an event. */
export function compilePattern(
  { event, where }: { event: string; where?: readonly PropertyCondition[] | undefined },
  settings: RuleSettings,
): EventPattern {
  return { event, matches: where ? compileWhere(where, settings) : () => true };
}

function layList(steps: readonly Step[], path: string, drafts: Draft[], settings: RuleSettings): void {
  for (const [index, step] of steps.entries()) layStep(step, `${path}.${index}`, drafts, settings);
}

function layStep(step: Step, path: string, drafts: Draft[], settings: RuleSettings): void {
  if (step.waitFor) layWaitFor(step.waitFor, `${path}.waitFor`, drafts, settings);
  else if (step.branch) layBranch(step.branch, `${path}.branch`, drafts, settings);
  else drafts.push(compileSimple(step, path));
}

function compileSimple({ wait, split, send, tag }: Step, path: string): Instruction {
  if (wait?.for !== undefined) return { op: "wait", path: `${path}.wait`, forMs: stepDurationMs(wait.for) };
  if (wait?.until !== undefined) {
    const minuteOfDay = minuteOf(wait.until);
    return { op: "wait-until", path: `${path}.wait`, minuteOfDay, zone: wait.zone ?? "person" };
  }
  if (split) {
    // In the order of their names: the order of keys in a file must not move anybody to another arm.
    const arms = Object.entries(split.arms).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return { op: "split", path: `${path}.split`, experiment: split.experiment, arms };
  }
  if (send) return { op: "send", path: `${path}.send`, send };
  if (tag) return { op: "tag", path: `${path}.tag`, name: tag.add ?? tag.remove ?? "", on: tag.add !== undefined };
  return { op: "end", path: `${path}.end` };
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

function layWaitFor(step: WaitForStep, path: string, drafts: Draft[], settings: RuleSettings): void {
  const targets = { onEvent: 0, onTimeout: 0 };
  const pattern = compilePattern(step, settings);
  drafts.push(() => ({ op: "wait-for", path, pattern, forMs: stepDurationMs(step.for), ...targets }));
  const jumps: { to: number }[] = [];
  targets.onEvent = layAfter(step.then, `${path}.then`, drafts, settings, jumps);
  targets.onTimeout = layAfter(step.else, `${path}.else`, drafts, settings, jumps);
  for (const jump of jumps) jump.to = drafts.length;
}

/** Lays what follows one of several ways and gives back where it begins; each way ends with a jump behind all of them. */
function layAfter(
  after: After,
  path: string,
  drafts: Draft[],
  settings: RuleSettings,
  jumps: { to: number }[],
): number {
  const begin = drafts.length;
  if (after === "end") drafts.push({ op: "end", path });
  else {
    if (Array.isArray(after)) layList(after, path, drafts, settings);
    const jump = { to: 0 };
    jumps.push(jump);
    drafts.push(() => ({ op: "jump", path, to: jump.to }));
  }
  return begin;
}

function layBranch(cases: readonly BranchCase[], path: string, drafts: Draft[], settings: RuleSettings): void {
  const targets: BranchTarget[] = [];
  const fallback = { to: 0 };
  drafts.push(() => ({ op: "branch", path, cases: targets, otherwise: fallback.to }));
  const jumps: { to: number }[] = [fallback];
  for (const [index, one] of cases.entries()) {
    const to = layAfter(
      one.then ?? one.else,
      `${path}.${index}.${one.else ? "else" : "then"}`,
      drafts,
      settings,
      jumps,
    );
    if (one.else) {
      jumps.splice(jumps.indexOf(fallback), 1);
      fallback.to = to;
    } else {
      targets.push({
        to,
        ...(one.when && { when: compileRule(one.when, settings) }),
        ...(one.arm !== undefined && { arms: new Set([one.arm].flat()) }),
      });
    }
  }
  for (const jump of jumps) jump.to = drafts.length;
}
