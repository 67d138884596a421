import * as z from "zod";
import { MAX_SAMPLE } from "#events/admin-api/preview.ts";
import { DryRunAnswer, SimulationAnswer, type SimulationRequest } from "#events/admin-api/simulation.ts";
import type { ApiClient } from "../api-client.ts";
import { ExitCode, usageError } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { withPlaces } from "../definitions/with-places.ts";
import { checkPerson, isProfileId } from "../find-person.ts";
import { renderDryRun } from "../journeys/dry-run-text.ts";
import { type FoundJourney, findJourney } from "../journeys/find-journey.ts";
import { readInvented } from "../journeys/read-invented.ts";
import { renderSimulation } from "../journeys/simulation-text.ts";
import { OnceText, wholeNumber } from "../option-text.ts";
import type { Terminal } from "../terminal.ts";

const Texts = z
  .union([z.string().min(1), z.array(z.string().min(1))], { error: "give it a value" })
  .optional()
  .transform((given) => (given === undefined ? [] : [given].flat()));
const Instant = z.iso.datetime({ offset: true, error: "an instant such as 2026-12-24T09:00:00Z" });

const Options = z.object({
  person: OnceText.optional(),
  profile: OnceText.optional(),
  event: Texts,
  after: Texts,
  trigger: OnceText.optional(),
  arm: OnceText.optional(),
  start: Instant.optional(),
  name: OnceText.optional(),
  with: OnceText.optional(),
  ignoreHoldout: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  audience: OnceText.optional(),
  sample: wholeNumber(100, MAX_SAMPLE).optional(),
  all: z.boolean().default(false),
});
type Options = z.infer<typeof Options>;

/** Walks a person through a journey with a virtual clock, or counts who would get it. */
export const simulate: Command = {
  usage: "simulate <journey>",
  summary: "Walk a person through a journey (its name, or a file) with a virtual clock; nothing is sent or written",
  options: [
    ["--person <person>", "A real person, type:value or profile id"],
    [
      "--profile <file>",
      "An invented person: a YAML file with identifiers, traits, consent, orders, events, memberships",
    ],
    ["--event <name>", "What the person does on the way; goes with --after, may be given several times"],
    ["--after <duration>", "How long after the start: 30m, 6h, 2d"],
    ["--trigger <json>", 'Properties of the event that lets the person in: \'{"name": "Red mug"}\''],
    ["--arm <arm>", "Instead of the arm that the person would draw"],
    ["--start <instant>", "When the trigger comes (default: now)"],
    ["--ignore-holdout", "Walk on even if the person is held out"],
    ["--name <name>", "Which journey of a file that has several"],
    ["--with <path>", "A file or folder of other definitions to be assumed: templates, segments"],
    ["--dry-run", "Instead of one person: who of the audience would get a message, and who not, and why"],
    ["--audience <key>", "Of a dry run: segment:…, tag:… or tier:… (default: the segment that the trigger names)"],
    ["--sample <n>", "Of a dry run over more than 10,000 members: how many people to draw"],
    ["--all", "Of a dry run: look at everyone, for as long as one request may take"],
  ],
  examples: [
    "strata simulate cart-rescue --person email:ann@example.com",
    'strata simulate cart-rescue.yaml --profile ann.yaml --event "Order Completed" --after 30m --arm coupon',
    "strata simulate spring-campaign.yaml --dry-run --json",
  ],
  async run([what = ""], rawOptions, context) {
    const { terminal } = context;
    const options = readOptions(Options, rawOptions);
    const found = await findJourney(what, { name: options.name, more: options.with });
    const { api } = await connect(context);
    return options.dryRun ? dryRun(api, found, options, terminal) : walk(api, found, options, terminal);
  },
};

async function walk(api: ApiClient, found: FoundJourney, options: Options, terminal: Terminal): Promise<ExitCode> {
  const { arm, start, ignoreHoldout } = options;
  const properties = readProperties(options.trigger);
  const body: SimulationRequest = {
    ...assumed(found),
    person: await readPerson(options),
    ...(properties && { trigger: { properties } }),
    happenings: readHappenings(options),
    ...(start !== undefined && { start }),
    ...(arm !== undefined && { arm }),
    ignoreHoldout,
  };
  const path = `/admin/v1/journeys/${encodeURIComponent(found.name)}/simulate`;
  const answer = await withPlaces(found.written, () => api.post(path, SimulationAnswer, { body }));
  for (const line of renderSimulation(answer, terminal.outColours)) terminal.print(line);
  terminal.printJson(answer);
  return ExitCode.ok;
}

async function dryRun(api: ApiClient, found: FoundJourney, options: Options, terminal: Terminal): Promise<ExitCode> {
  const { audience, start, sample, all } = options;
  if (all && sample !== undefined) throw usageError("Give --sample or --all, not both.");
  const body = {
    ...assumed(found),
    ...(audience !== undefined && { audience }),
    ...(start !== undefined && { start }),
    ...(all ? { sample: "all" } : sample !== undefined && { sample }),
  };
  const path = `/admin/v1/journeys/${encodeURIComponent(found.name)}/dry-run`;
  const answer = await withPlaces(found.written, () => api.post(path, DryRunAnswer, { body }));
  for (const line of renderDryRun(answer, terminal.outColours)) terminal.print(line);
  terminal.printJson(answer);
  return ExitCode.ok;
}

function assumed({ changes }: FoundJourney): Pick<SimulationRequest, "changes"> {
  return changes.length > 0 ? { changes: [...changes] } : {};
}

async function readPerson({ person, profile }: Options): Promise<SimulationRequest["person"]> {
  if ((person === undefined) === (profile === undefined)) {
    throw usageError(
      "Give --person or --profile.",
      "A real person: --person email:ann@example.com; an invented one: --profile ann.yaml.",
    );
  }
  if (profile !== undefined) return { invented: await readInvented(profile) };
  checkPerson(person ?? "");
  return isProfileId(person ?? "") ? { profileId: person ?? "" } : { identifier: person ?? "" };
}

function readHappenings({ event, after }: Options): { event: string; after: string }[] {
  if (event.length !== after.length)
    throw usageError("Each --event goes with one --after.", '--event "Order Completed" --after 30m');
  return event.map((name, n) => ({ event: name, after: after[n] ?? "" }));
}

function readProperties(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  const parsed = z.record(z.string(), z.unknown()).safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw usageError("--trigger is no JSON object.", `--trigger '{"name": "Red mug", "price": 4.95}'`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
