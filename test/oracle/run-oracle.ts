import type { ActivityStore } from "#domain/ports/activity-store.ts";
import type { FactStream } from "#domain/ports/streams.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import type { DueMessage } from "#functions/wake/due-message.ts";
import { wake } from "#functions/wake/wake.ts";
import { workShard } from "#functions/wake/work-shard.ts";
import { dayOf } from "../domain/rules/brute-force/calendar.ts";
import { makeFollowPorts } from "../support/follow-ports.ts";
import { makeMemoryConflictStore } from "../support/memory-conflict-store.ts";
import { makeMemoryIdentityStore } from "../support/memory-identity-store.ts";
import { makeMemoryWorkStore } from "../support/memory-work-store.ts";
import { seededNumbers } from "../support/seeded-numbers.ts";
import { drawLife, type Era } from "./life.ts";
import { makeProject, type OracleProject } from "./project.ts";
import { makeCountedProfiles, makeIndexedTimers } from "./stores.ts";
import { differences, truthOf } from "./truth.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** From here 120 days have the end of a February that has 29 days, and the night on which London's clocks go forward. */
const START = Date.parse("2028-01-10T00:00:00Z");

export interface OracleOptions {
  readonly people: number;
  readonly days: number;
  readonly seed: number;
  /** Instants at which everybody is checked, beside every midnight. */
  readonly instants: number;
  readonly startAt?: number;
  readonly say?: (line: string) => void;
}

/** What was checked and what it cost. */
export interface OracleResult {
  readonly people: number;
  readonly events: number;
  readonly merges: number;
  readonly definitions: number;
  readonly midnights: number;
  /** Comparisons of one person's memberships with the truth. */
  readonly checks: { readonly atWake: number; readonly atMidnight: number; readonly atInstants: number };
  readonly wakes: number;
  /** Profiles that wake read, and those that the fold wrote, to compare. */
  readonly reads: number;
  readonly answersChanged: number;
  readonly timersMoved: number;
  readonly strayTimers: number;
  /** Timers put by the fold. */
  readonly timersPut: number;
  readonly shortestWindowMs: number;
  /** What reading everybody at each midnight would have read. */
  readonly readsOfRecompute: number;
  readonly mismatches: readonly string[];
}

/** Everything of one person that was received so far. A new array with each event: nothing is ever changed. */
interface Known {
  readonly key: IdentifierKey;
  events: readonly CollectedEvent[];
}

const MAX_MISMATCHES = 20;

/** Lives a population through the real fold and the real wake, over stores in memory, minute by minute; minutes in which
 *  nothing arrives and nothing is due are left out. What profiles hold is compared with a brute-force evaluation of the
 *  raw events: of who was written after each minute, of everybody at each midnight and at random instants. */
export async function runOracle(options: OracleOptions): Promise<OracleResult> {
  const { days, seed, instants, startAt = START, say = () => {} } = options;
  const project = await makeProject(seed, startAt + (days / 2) * DAY_MS);
  const { timeZone } = project.settings;
  const era: Era = { startAt, endAt: startAt + days * DAY_MS, dayOf: (at) => dayOf(at, timeZone) };
  const deliveries = drawEverybody(options, era);
  say(`${deliveries.length} deliveries to ${options.people} people; ${project.definitions.length} definitions`);
  const world = new World(project);
  const random = seededNumbers(seed);
  const looks = Array.from({ length: instants }, () => minuteAfter(startAt + random() * days * DAY_MS));
  const midnights = findMidnights(era, timeZone);
  const stops = [...new Set([...looks, ...midnights])].toSorted((a, b) => a - b);
  let next = 0;
  for (const [nth, stop] of stops.entries()) {
    while (world.clock < stop && world.hasWork(deliveries[next]?.receivedAt ?? era.endAt, stop)) {
      const first = Math.min(deliveries[next]?.receivedAt ?? era.endAt, world.timers.earliest() - MINUTE_MS);
      const minute = Math.min(stop, minuteAfter(Math.max(first, world.clock)));
      const from = next;
      while ((deliveries[next]?.receivedAt ?? era.endAt) < minute) next++;
      await world.live(deliveries.slice(from, next), minute);
    }
    world.clock = stop;
    world.checkEverybody(midnights.includes(stop) ? "atMidnight" : "atInstants", stop);
    if (world.mismatches.length >= MAX_MISMATCHES) break;
    if ((nth + 1) % 10 === 0) say(`${new Date(stop).toISOString()}: ${world.told()}`);
  }
  return world.result(new Set(deliveries.map(({ messageId }) => messageId)).size, midnights.length);
}

function drawEverybody({ people, seed }: OracleOptions, era: Era): CollectedEvent[] {
  const lives = Array.from({ length: people }, (_, person) => drawLife(seed, person, era));
  return lives.flat().toSorted((a, b) => a.receivedAt - b.receivedAt);
}

function minuteAfter(at: number): number {
  return (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS;
}

/** The first minute of each local day. Zones change their clocks on quarters of an hour. */
function findMidnights({ startAt, endAt }: Era, timeZone: string): number[] {
  const found: number[] = [];
  for (let at = startAt + 15 * MINUTE_MS; at <= endAt; at += 15 * MINUTE_MS) {
    if (dayOf(at, timeZone) !== dayOf(at - 1, timeZone)) found.push(at);
  }
  return found;
}

/** The stores, the functions over them, and what is known to be true. */
class World {
  clock = 0;
  readonly mismatches: string[] = [];
  readonly timers;
  private readonly project: OracleProject;
  private readonly profiles;
  private readonly ports;
  private readonly identities = makeMemoryIdentityStore();
  private readonly messages: DueMessage[] = [];
  private readonly known = new Map<IdentifierKey, Known>();
  private readonly received = new Set<string>();
  private readonly counted = new Map<string, number>();
  private isAwake = false;

  constructor(project: OracleProject) {
    this.project = project;
    const { bundle } = project;
    this.profiles = makeCountedProfiles((people) => this.isAwake && this.count("reads", people));
    this.timers = makeIndexedTimers(() => this.count(this.isAwake ? "put by wake" : "put by fold", 1));
    const nothing: ActivityStore = { append: async () => {}, list: async () => ({ events: [] }) };
    const facts: FactStream = {
      publish: async () => new Set(),
    };
    this.ports = {
      profiles: this.profiles.store,
      timers: this.timers,
      identities: this.identities,
      activity: nothing,
      consents: { append: async () => {} },
      ...makeFollowPorts(),
      conflicts: makeMemoryConflictStore(),
      facts,
      definitions: { get: async () => bundle, atLeast: async () => bundle },
      work: makeMemoryWorkStore(),
      due: {
        send: async (messages: readonly DueMessage[]) => {
          this.messages.push(...messages);
        },
      },
      now: () => this.clock,
      count: (metric: string, n: number) => this.count(metric, n),
      logFailure: (error: unknown) => {
        throw error;
      },
      endWaits: async () => [],
      campaigns: { send: async () => {} },
    };
  }

  /** Folds what was received before `minute`, then wakes who is due by then, and checks everyone who was written. */
  async live(deliveries: readonly CollectedEvent[], minute: number): Promise<void> {
    if (deliveries.length > 0) await this.fold(deliveries);
    this.clock = minute;
    this.isAwake = true;
    if (this.timers.earliest() <= minute) await this.wakeUp();
    this.isAwake = false;
    for (const id of this.profiles.takeSaved()) {
      const person = this.profiles.read(id);
      if (!person || person.mergedInto !== undefined) continue;
      const [key] = person.state.identifiers.keys();
      const known = key && this.known.get(key);
      if (known) this.check("atWake", person, known, minute);
    }
  }

  private async fold(deliveries: readonly CollectedEvent[]): Promise<void> {
    this.clock = deliveries.at(-1)?.receivedAt ?? this.clock;
    const { tasks, unfoldable } = await foldBatch(this.ports, deliveries);
    const stuck = tasks.find(({ state }) => state !== "folded");
    if (stuck) throw new Error("not folded", { cause: stuck.error });
    if (unfoldable.length > 0) throw new Error(unfoldable[0]?.code);
    for (const event of deliveries) this.learn(event);
  }

  /** Whether something falls due, or is received, up to `stop`. */
  hasWork(receivedAt: number, stop: number): boolean {
    return this.timers.earliest() <= stop || receivedAt < stop;
  }

  private async wakeUp(): Promise<void> {
    this.count("wakes", 1);
    await wake(this.ports);
    for (const message of this.messages.splice(0)) await workShard(this.ports, message, "oracle");
  }

  /** Whose identifiers meet in an event is one person from then on. */
  private learn(event: CollectedEvent): void {
    const keys = event.identifiers.map(([type, value]) => `${type}:${value}` as IdentifierKey);
    const [first, ...others] = new Set(keys.flatMap((key) => this.known.get(key) ?? []));
    const person = first ?? { key: keys[0] ?? ("" as IdentifierKey), events: [] };
    for (const other of others) {
      person.events = [...person.events, ...other.events];
      for (const [key, owner] of this.known) if (owner === other) this.known.set(key, person);
      this.count("merges", 1);
    }
    for (const key of keys) this.known.set(key, person);
    if (this.received.has(event.messageId)) return;
    this.received.add(event.messageId);
    person.events = [...person.events, event];
  }

  checkEverybody(when: "atMidnight" | "atInstants", now: number): void {
    for (const known of new Set(this.known.values())) {
      const person = this.root(this.identities.rows.get(known.key));
      if (!person) this.mismatches.push(`${known.key} has no profile`);
      else this.check(when, person, known, now);
    }
  }

  private root(id: ProfileId | undefined): Profile | undefined {
    const person = id && this.profiles.read(id);
    return person?.mergedInto === undefined ? person : this.root(person.mergedInto);
  }

  private check(when: string, person: Profile, { key, events }: Known, now: number): void {
    this.count(when, 1);
    const { definitions, settings } = this.project;
    const wrong = differences(person, truthOf(events, now, definitions, settings), now);
    if (wrong.length > 0) this.mismatches.push(`${new Date(now).toISOString()} ${key}: ${wrong.join("; ")}`);
  }

  private count(what: string, n: number): void {
    this.counted.set(what, (this.counted.get(what) ?? 0) + n);
  }

  told(): string {
    const get = (what: string) => this.counted.get(what) ?? 0;
    const checks = get("atWake") + get("atMidnight") + get("atInstants");
    return `${checks} checks, ${this.mismatches.length} mismatches, wake read ${get("reads")}`;
  }

  result(events: number, midnights: number): OracleResult {
    const get = (what: string) => this.counted.get(what) ?? 0;
    return {
      people: new Set(this.known.values()).size,
      events,
      merges: get("merges"),
      definitions: this.project.definitions.length,
      midnights,
      checks: { atWake: get("atWake"), atMidnight: get("atMidnight"), atInstants: get("atInstants") },
      wakes: get("wakes"),
      reads: get("reads"),
      answersChanged: get("AnswersChanged"),
      timersMoved: get("TimersMoved"),
      strayTimers: get("StrayTimers"),
      timersPut: get("put by fold"),
      shortestWindowMs: this.project.shortestWindowMs,
      readsOfRecompute: get("atMidnight"),
      mismatches: this.mismatches,
    };
  }
}
