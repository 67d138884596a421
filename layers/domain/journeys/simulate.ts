import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { Profile } from "#domain/profile/state.ts";
import type { RenderJob } from "#domain/templates/rendering.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import type { SimulatedSend, SimulatedStep } from "#events/admin-api/simulation.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { advance, type EventInput, type Input } from "./advance.ts";
import { type CompiledJourney, eventsOf } from "./compile-journey.ts";
import type { Gate } from "./enter.ts";
import type { Effect, Run } from "./run.ts";
import { simulateEntry } from "./simulate-entry.ts";
import { eventOf } from "./simulate-events.ts";
import { personAfter, personTagged, seePerson } from "./simulate-person.ts";
import { makePlaces, type Places, simulateSend, type TouchOfRun } from "./simulate-send.ts";
import { explainMove } from "./simulate-steps.ts";
import type { KnownAddresses } from "./simulate-touch.ts";
import { makeWalker } from "./walker.ts";

/** Looks at one simulation: far more than any journey of 50 steps takes. */
const MAX_TURNS = 1_000;

/** What is known of a person beside the profile. */
export interface KnownPerson extends KnownAddresses {
  readonly liveRuns: number;
  readonly recentRuns: number;
  readonly gates: readonly Gate[];
}

export interface SimulationAsk {
  /** As its author wrote it. */
  readonly journey: CompiledJourney;
  /** With every split that has it, `forceArm`. */
  readonly walked: CompiledJourney;
  readonly forcedArm?: string | undefined;
  readonly bundle: CompiledBundle;
  readonly person: Profile;
  readonly known: KnownPerson;
  readonly startAt: number;
  /** The event that lets the person in, of a journey that an event triggers. */
  readonly trigger?: CollectedEvent;
  /** What the person does on the way. */
  readonly happenings: readonly CollectedEvent[];
  readonly ignoreHoldout: boolean;
}

export interface Simulation {
  readonly steps: readonly SimulatedStep[];
  /** What has to be rendered for the messages that would be sent. */
  readonly jobs: ReadonlyMap<SimulatedSend, RenderJob>;
  /** Absent: the person did not enter. */
  readonly run?: Run;
  /** As it is at the end. */
  readonly person: Profile;
}

/** All that moves while a simulation goes on. */
interface World {
  readonly ask: SimulationAsk;
  readonly steps: SimulatedStep[];
  readonly jobs: Map<SimulatedSend, RenderJob>;
  readonly places: Places;
  readonly heard: ReadonlySet<string>;
  /** Touches that wait for an opening. */
  postponed: { readonly until: number; readonly touch: TouchOfRun }[];
  ahead: CollectedEvent[];
  person: Profile;
  run: Run;
  wakeAt: number | undefined;
  events: number;
}

/** Walks one person through a journey with a virtual clock, from the trigger to the end of the run, of what happens on
 *  the way and of every message. Pure: nothing is written, and nothing but what is given is asked. */
export function simulateJourney(ask: SimulationAsk): Simulation {
  const { bundle, startAt, trigger } = ask;
  const person = trigger
    ? personAfter(ask.person, eventOf(trigger, ask.person.state), startAt, bundle)
    : seePerson(ask.person, startAt, bundle);
  const { step, run } = simulateEntry(ask, person);
  if (!run) return { steps: [step], jobs: new Map(), person };
  const world: World = {
    ask,
    steps: [step],
    jobs: new Map(),
    places: makePlaces(ask.known),
    heard: eventsOf(ask.journey),
    postponed: [],
    ahead: ask.happenings.toSorted((a, b) => a.at - b.at),
    person,
    run,
    wakeAt: undefined,
    events: 0,
  };
  if (!run.outcome) move(world, { kind: "look" }, startAt);
  for (let turn = 0; turn < MAX_TURNS && takeTurn(world); turn++);
  return { steps: world.steps, jobs: world.jobs, run: world.run, person: world.person };
}

/** Goes to the next instant at which anything happens; false where nothing does any more. What the person does at the
 *  very end of a wait is in time. */
function takeTurn(world: World): boolean {
  const [happening] = world.ahead;
  const [touch] = world.postponed.toSorted((a, b) => a.until - b.until);
  const wakeAt = world.run.outcome ? undefined : world.wakeAt;
  const next = Math.min(happening?.at ?? Infinity, touch?.until ?? Infinity, wakeAt ?? Infinity);
  if (next === Infinity) return false;
  if (happening?.at === next) {
    world.ahead = world.ahead.slice(1);
    happen(world, happening);
  } else if (wakeAt === next) {
    world.person = seePerson(world.person, next, world.ask.bundle);
    move(world, { kind: "look" }, next);
  } else if (touch) {
    world.postponed = world.postponed.filter((one) => one !== touch);
    world.person = seePerson(world.person, next, world.ask.bundle);
    send(world, touch.touch, next);
  }
  return true;
}

function happen(world: World, happening: CollectedEvent): void {
  const event = eventOf(happening, world.person.state);
  const { at } = event;
  world.person = personAfter(world.person, event, at, world.ask.bundle);
  const name = event.event ?? "";
  const heard = world.heard.has(name);
  world.steps.push({ kind: "event", at: writeInstant(at), event: name, heard, properties: event.properties ?? {} });
  if (heard) move(world, { kind: "event", event: inputOf(event, ++world.events) }, at);
}

function inputOf({ event, at, properties, money }: CollectedEvent, n: number): EventInput {
  return {
    factId: `simulated:${n}`,
    event: event ?? "",
    at,
    ...(properties && { properties }),
    ...(money && { money }),
  };
}

function move(world: World, input: Input, now: number): void {
  const { ask, run: before } = world;
  const walker = makeWalker(world.person, now, ask.bundle);
  const { run, effects, wakeAt } = advance(before, ask.walked, input, walker);
  world.run = run;
  world.wakeAt = wakeAt;
  const touches = effects.filter((effect) => effect.kind === "touch");
  const event = input.kind === "event" ? input.event : undefined;
  const drawn = { own: ask.journey, forcedArm: ask.forcedArm };
  for (const step of explainMove({ before, after: run, event }, ask.walked, walker, drawn)) {
    if (step.kind !== "send-reached") world.steps.push(step);
    else sendNext(world, touches, step.instruction.path, now);
    if (step.kind === "tag")
      world.person = personTagged(world.person, { name: step.tag, on: step.on }, now, ask.bundle);
  }
}

function sendNext(world: World, touches: Extract<Effect, { kind: "touch" }>[], path: string, now: number): void {
  const effect = touches.find((touch) => touch.path === path);
  if (effect) send(world, { effect, cause: world.run.cause, journey: world.run.journey }, now);
}

function send(world: World, touch: TouchOfRun, now: number): void {
  const { step, job } = simulateSend(touch, world.person, now, world.places, world.ask.bundle);
  world.steps.push(step);
  if (job) world.jobs.set(step, job);
  if (step.until === null) return;
  const { channel, choice } = step;
  world.postponed.push({ until: Date.parse(step.until), touch: { ...touch, taken: { channel, choice } } });
}
