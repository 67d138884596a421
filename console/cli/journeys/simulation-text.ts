import type { SimulatedSend, SimulatedStep, SimulationAnswer } from "#events/admin-api/simulation.ts";
import type { Evidence } from "#events/fact.ts";
import { padText, printable } from "../spell.ts";
import { isMet, spellEvidence, spellGap } from "../spell-evidence.ts";
import type { Terminal } from "../terminal.ts";
import { spellCheck, spellShare } from "./spell-checks.ts";
import { spellChoice } from "./spell-choice.ts";

type Colours = Terminal["outColours"];

/** Lines of a message that are shown; `--json` has all of it. */
const MESSAGE_LINES = 12;
const INDENT = " ".repeat(9);

/** A simulation as a timeline, in the person's own time. */
export function renderSimulation(answer: SimulationAnswer, c: Colours): string[] {
  const { journey, version, identifier, profileId, invented, timeZone, steps, notes } = answer;
  const of = version === null ? "not in force" : `version ${version}`;
  const who = `${printable(identifier ?? profileId)}${invented ? " (invented)" : ""}`;
  const lines = [`${c.bold(printable(journey))}  ${c.dim(of)}`, c.dim(`for ${who}, times in ${timeZone}`)];
  let day = "";
  for (const step of steps) {
    const today = spellDay(step.at, timeZone);
    if (today !== day) lines.push("", c.bold(today));
    day = today;
    const [first = "", ...more] = renderStep(step, timeZone, c);
    lines.push(`  ${spellClock(step.at, timeZone)}  ${first}`, ...more.map((line) => `${INDENT}${line}`));
  }
  lines.push("", spellEnd(answer, c), ...notes.map(({ message }) => `  ${c.yellow("!")} ${printable(message)}`));
  return [...lines, c.dim("Nothing was sent or written.")];
}

function renderStep(step: SimulatedStep, zone: string, c: Colours): string[] {
  switch (step.kind) {
    case "entry":
      return renderEntry(step, c);
    case "event":
      return [
        `${c.cyan("●")} ${c.bold(printable(step.event))}${step.heard ? "" : c.dim("  the journey does not listen for it")}`,
      ];
    case "wait":
      return [
        `${c.dim("◷")} waits ${step.event === null ? "" : `for ${c.bold(printable(step.event))}, `}until ${spellMoment(step.until, zone)}`,
      ];
    case "waited":
      return [spellWaited(step, c)];
    case "split": {
      const arms = Object.entries(step.arms).map(([arm, share]) => `${printable(arm)} ${spellShare(share)}`);
      const own =
        step.forced && step.own !== step.arm ? c.yellow(`  as asked; their own is ${printable(step.own)}`) : "";
      return [
        `${c.magenta("⑂")} ${printable(step.experiment)}: ${c.bold(printable(step.arm))}${own}`,
        c.dim(arms.join(", ")),
      ];
    }
    case "branch":
      return renderBranch(step, c);
    case "send":
      return renderSend(step, zone, c);
    case "tag":
      return [`${c.cyan("#")} ${step.on ? "puts on" : "takes off"} the tag ${c.bold(printable(step.tag))}`];
    case "goal":
      return [`${c.green("★")} goal reached: ${c.bold(printable(step.event))}`];
    case "end":
      return [`${c.dim("■")} ends: ${c.bold(step.outcome)}${step.why === null ? "" : `, ${printable(step.why)}`}`];
    default:
      return step satisfies never;
  }
}

function renderEntry(step: Extract<SimulatedStep, { kind: "entry" }>, c: Colours): string[] {
  const { share, drawn } = step.holdout;
  const holdout = share === 0 ? "" : c.dim(`  ${drawn ? "among" : "not among"} the ${spellShare(share)} held out`);
  const results = {
    entered: `${c.green("▶")} enters`,
    refused: `${c.red("✘")} does not enter, ${c.bold(printable(step.reason ?? ""))}`,
    held_out: `${c.yellow("✘")} held out`,
  };
  return [
    `${results[step.result]}: ${printable(step.trigger)}${holdout}${drawn && step.result === "entered" ? c.dim(", walks on as asked") : ""}`,
    ...renderEvidence(step.because, c),
  ];
}

function spellWaited({ ended, event }: Extract<SimulatedStep, { kind: "waited" }>, c: Colours): string {
  if (ended === "time") return `${c.dim("◶")} the wait is over`;
  const name = c.bold(printable(event ?? ""));
  return ended === "event" ? `${c.green("◶")} ${name} has come` : `${c.yellow("◶")} ${name} has not come`;
}

function renderBranch({ chosen, cases }: Extract<SimulatedStep, { kind: "branch" }>, c: Colours): string[] {
  const taken = chosen === null ? "none of the cases" : `case ${chosen + 1}`;
  return [
    `${c.magenta("⋔")} takes ${c.bold(taken)}`,
    ...cases.flatMap(({ holds, arms, because }, n) => [
      c.dim(`${holds ? "✔" : "✘"} case ${n + 1}${arms ? `: arm ${arms.map(printable).join(" or ")}` : ""}`),
      ...renderEvidence(because, c).map((line) => `  ${line}`),
    ]),
  ];
}

function renderEvidence(because: readonly Evidence[], c: Colours): string[] {
  return because.slice(0, 5).map((evidence) => {
    const gap = spellGap(evidence);
    return c.dim(`${isMet(evidence) ? "✔" : "✘"} ${spellEvidence(evidence)}${gap === "" ? "" : `: ${gap}`}`);
  });
}

const RESULTS = { sent: "would be sent", stopped: "not sent", waits: "waits", failed: "cannot be sent" } as const;

function renderSend(step: SimulatedSend, zone: string, c: Colours): string[] {
  const { result, reason, until, channel, choice, checks, faults } = step;
  const colour = { sent: c.green, stopped: c.red, waits: c.yellow, failed: c.red }[result];
  const why = [reason, until === null ? null : `until ${spellMoment(until, zone)}`].filter((one) => one !== null);
  const marks = { passed: c.green("✔"), stopped: c.red("✘"), waits: c.yellow("◷") } as const;
  return [
    `${colour("✉")} ${c.bold(printable(step.template))} by ${printable(channel)}, ${step.category}: ${colour(
      [RESULTS[result], ...why].join(", "),
    )}`,
    ...(choice ? [c.dim(`takes ${spellChoice(channel, choice)}`)] : []),
    ...checks.flatMap((check) => {
      if (check.result === "not_reached") return [];
      const mark = check.result === "not_asked" ? c.dim("–") : marks[check.result];
      return [`${mark} ${c.dim(printable(spellCheck(check)))}`];
    }),
    ...faults.map(({ field, message }) => c.red(`✘ ${field === "" ? "" : `${field}: `}${printable(message)}`)),
    ...renderMessage(step, c),
  ];
}

function renderMessage({ message, locale }: SimulatedSend, c: Colours): string[] {
  if (!message) return [];
  const { channel: _, ...parts } = message;
  const shown = Object.entries(parts).flatMap(([name, part]): [string, string][] =>
    name !== "html" && typeof part === "string" ? [[name, part]] : [],
  );
  const bar = c.dim("│");
  const lines = shown.flatMap(([name, text]) => {
    const [first = "", ...more] = text
      .split("\n")
      .map(printable)
      .filter((line) => line.trim() !== "");
    return name === "text" && shown.length > 1 ? [first, ...more] : [`${padText(name, 7)}  ${first}`, ...more];
  });
  const cut = lines.length > MESSAGE_LINES ? [`${bar} ${c.dim(`… ${lines.length - MESSAGE_LINES} lines more`)}`] : [];
  return [
    c.dim(`┌ as rendered, in ${locale ?? "?"}`),
    ...lines.slice(0, MESSAGE_LINES).map((line) => `${bar} ${line}`),
    ...cut,
  ];
}

function spellEnd({ steps, outcome, converted }: SimulationAnswer, c: Colours): string {
  const sends = steps.filter((step) => step.kind === "send" && step.result !== "waits");
  const sent = sends.filter((step) => step.kind === "send" && step.result === "sent").length;
  const messages =
    sends.length === 0 ? "no message" : `${sent} of ${sends.length} message${sends.length === 1 ? "" : "s"} sent`;
  return `${c.bold(outcome ?? "no run")}, ${messages}${converted ? ", goal reached" : ""}`;
}

function spellDay(instant: string, timeZone: string): string {
  const format = { weekday: "short", day: "numeric", month: "long", year: "numeric" } as const;
  return new Intl.DateTimeFormat("en-GB", { ...format, timeZone }).format(new Date(instant)).replace(",", "");
}

function spellClock(instant: string, timeZone: string): string {
  const format = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat("en-GB", { ...format, timeZone }).format(new Date(instant));
}

/** `10 Mar, 13:00` */
function spellMoment(instant: string, timeZone: string): string {
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone }).format(new Date(instant));
  return `${day}, ${spellClock(instant, timeZone)}`;
}
