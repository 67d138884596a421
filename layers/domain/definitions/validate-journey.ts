import { Cron } from "croner";
import { chooseTemplate } from "#domain/templates/choose-template.ts";
import type { Definition, JourneyDefinition } from "#events/definitions/index.ts";
import type { SendStep, Step } from "#events/definitions/journey/steps.ts";
import type { Trigger } from "#events/definitions/journey/trigger.ts";
import { ChannelName, type TemplateDefinition } from "#events/definitions/template.ts";
import { definitionId, stepsOf } from "./dependencies.ts";
import { type Fault, show } from "./faults.ts";

/** Channels that need no definition: e-mail goes out through the account's SES, the others through nobody. */
const BUILT_IN: ReadonlySet<string> = new Set(["email", "inapp", "log"]);

type Path = readonly PropertyKey[];
type Problem = readonly [path: Path, code: string, message: string];
const UNKNOWN = "definition_unknown_reference";

/** Checks what a journey says of other definitions, of zones and of time: what its rules name is checked with all rules. */
export function validateJourney(journey: JourneyDefinition, definitions: readonly Definition[]): Fault[] {
  const known = new Map(definitions.map((definition) => [definitionId(definition), definition]));
  const steps = stepsOf(journey.steps);
  const arms = new Set(steps.flatMap(({ step }) => Object.keys(step.split?.arms ?? {})));
  const problems = [
    ...checkTrigger(journey.trigger, known),
    ...steps.flatMap(({ step, path }) => [
      ...checkStep(step, path, known),
      ...(step.branch ?? []).flatMap(({ arm }, index) => checkArms(arm, [...path, "branch", index, "arm"], arms)),
    ]),
  ];
  const definition = definitionId(journey);
  return problems.map(([path, code, message]) => ({ path: show(path), code, message, definition }));
}

type Known = ReadonlyMap<string, Definition>;

function checkTrigger({ enters, leaves, tier, schedule }: Trigger, known: Known): Problem[] {
  return [
    ...checkAudience(enters, ["trigger", "enters"], known),
    ...checkAudience(leaves, ["trigger", "leaves"], known),
    ...(tier ? checkTiers(tier, known) : []),
    ...(schedule ? checkSchedule(schedule, known) : []),
  ];
}

function checkAudience(key: string | undefined, path: Path, known: Known): Problem[] {
  if (key === undefined) return [];
  const [, kind = "", name = "", value] = /^(\w+):([^=]*)(=.*)?$/s.exec(key) ?? [];
  const found = known.get(`${kind}/${name}`);
  if (!found) return [[path, UNKNOWN, `there is no ${kind} ${name}`]];
  const hasValues = found.kind === "tag" && found.value !== undefined;
  if (hasValues === (value !== undefined)) return [];
  const message = hasValues
    ? `the tag ${name} has values: name one, as ${key}=coffee`
    : `${kind} ${name} has no values`;
  return [[path, UNKNOWN, message]];
}

function checkTiers({ ladder, from, to }: NonNullable<Trigger["tier"]>, known: Known): Problem[] {
  const found = known.get(`ladder/${ladder}`);
  if (found?.kind !== "ladder") return [[["trigger", "tier", "ladder"], UNKNOWN, `there is no ladder ${ladder}`]];
  const rungs = new Set(found.tiers.map(({ name }) => name));
  return Object.entries({ from, to }).flatMap(([side, name]): Problem[] =>
    name === undefined || rungs.has(name)
      ? []
      : [[["trigger", "tier", side], UNKNOWN, `the ladder ${ladder} has no tier ${name}`]],
  );
}

function checkSchedule({ cron, zone, segment }: NonNullable<Trigger["schedule"]>, known: Known): Problem[] {
  const at = ["trigger", "schedule"];
  const fault = cron === undefined ? undefined : explainCron(cron);
  return [
    ...(fault === undefined ? [] : [[[...at, "cron"], "cron_invalid", fault] as const]),
    ...(zone === undefined ? [] : checkZone(zone, [...at, "zone"])),
    ...(known.has(`segment/${segment}`)
      ? []
      : [[[...at, "segment"], UNKNOWN, `there is no segment ${segment}`] as const]),
  ];
}

/** Undefined where it can be read. */
function explainCron(cron: string): string | undefined {
  try {
    new Cron(cron, { paused: true, mode: "5-part" }).stop();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error);
  }
}

function checkStep({ wait, send, tag }: Step, path: Path, known: Known): Problem[] {
  const { zone = "person" } = wait ?? {};
  return [
    ...(zone === "person" || zone === "project" ? [] : checkZone(zone, [...path, "wait", "zone"])),
    ...(send ? checkSend(send, [...path, "send"], known) : []),
    ...Object.entries(tag ?? {}).flatMap(([change, name]) =>
      name === undefined ? [] : checkTagChange(name, [...path, "tag", change], known),
    ),
  ];
}

function checkSend({ channel, template, category }: SendStep, path: Path, known: Known): Problem[] {
  const templates = new Map(
    [...known.values()].filter((one) => one.kind === "template").map((one) => [one.name, one] as const),
  );
  return [channel].flat().flatMap((name, index) => {
    const at = Array.isArray(channel) ? [...path, "channel", index] : [...path, "channel"];
    const fault = explainChannel(name, known);
    return fault === undefined
      ? checkTemplate({ channel: name, template, category }, path, templates)
      : [[at, UNKNOWN, fault] as const];
  });
}

function explainChannel(name: string, known: Known): string | undefined {
  if (!ChannelName.safeParse(name).success) {
    return `there is no channel ${name}: one of ${ChannelName.options.join(", ")}`;
  }
  if (BUILT_IN.has(name)) return undefined;
  const isDefined = [...known.values()].some((one) => one.kind === "channel" && one.channel === name);
  return isDefined ? undefined : `no definition says who sends by ${name}: write one of kind channel`;
}

function checkTemplate(
  send: { channel: string; template: string; category: SendStep["category"] },
  path: Path,
  templates: ReadonlyMap<string, TemplateDefinition>,
): Problem[] {
  const chosen = chooseTemplate(templates, send.template, send.channel);
  if (chosen) {
    if (chosen.category === send.category) return [];
    const message = `the template ${chosen.name} is ${chosen.category ?? "of no category"}, not ${send.category}`;
    return [[[...path, "category"], "template_category", message]];
  }
  const named = templates.get(send.template);
  if (!named) return [[[...path, "template"], UNKNOWN, `there is no template ${send.template}`]];
  const message = `the template ${send.template} is for ${named.channel}, and there is no ${send.template}-${send.channel}`;
  return [[[...path, "template"], "template_channel", message]];
}

function checkTagChange(name: string, path: Path, known: Known): Problem[] {
  const tag = known.get(`tag/${name}`);
  if (tag?.kind !== "tag") return [[path, UNKNOWN, `there is no tag ${name}`]];
  if (tag.rule === undefined && tag.value === undefined) return [];
  return [[path, "tag_not_by_hand", `the tag ${name} is decided by its ${tag.rule ? "rule" : "value"}`]];
}

function checkArms(arm: string | string[] | undefined, path: Path, arms: ReadonlySet<string>): Problem[] {
  return [arm ?? []]
    .flat()
    .flatMap((name) => (arms.has(name) ? [] : [[path, "arm_unknown", `no split has an arm ${name}`]]));
}

function checkZone(zone: string, path: Path): Problem[] {
  try {
    Intl.DateTimeFormat("en", { timeZone: zone });
    return [];
  } catch {
    return [[path, "time_zone_unknown", "no IANA time zone"]];
  }
}
