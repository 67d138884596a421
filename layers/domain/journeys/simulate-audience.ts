import type { Profile, ProfileId } from "#domain/profile/state.ts";
import type { Simulation } from "./simulate.ts";

/** People shown of each group. */
const MAX_EXAMPLES = 10;

export interface AudienceExample {
  readonly profileId: ProfileId;
  /** The oldest of what the person is known by: `userId:12583`. */
  readonly identifier: string | null;
  /** When the first message would leave, ISO 8601, and by which channel; null for those who get none. */
  readonly at: string | null;
  readonly channel: string | null;
}

interface Group {
  people: number;
  readonly examples: AudienceExample[];
}

/** What a journey would do to the people looked at so far. */
export interface AudienceTally {
  /** Everybody who was looked at, members or not. */
  seen: number;
  members: number;
  /** Members of whom so much is logged that not all of it was counted. */
  cutOff: number;
  readonly recipients: Group;
  /** Those of them who get it only after the quiet hours or a cap, by why. */
  readonly later: Map<string, number>;
  readonly byChannel: Map<string, number>;
  /** Those who get no message, by why. */
  readonly others: Map<string, Group>;
}

export function newAudienceTally(): AudienceTally {
  return {
    seen: 0,
    members: 0,
    cutOff: 0,
    recipients: newGroup(),
    later: new Map(),
    byChannel: new Map(),
    others: new Map(),
  };
}

/** Adds a member of whom a simulation tells: a recipient where any message would be sent, else one who gets none for the
 *  first reason there is. */
export function addMember(tally: AudienceTally, person: Pick<Profile, "id" | "state">, simulation: Simulation): void {
  tally.members++;
  const sends = simulation.steps.filter((step) => step.kind === "send");
  const sent = sends.find(({ result }) => result === "sent");
  const [identifier = null] = person.state.identifiers.keys();
  const example = { profileId: person.id, identifier, at: sent?.at ?? null, channel: sent?.channel ?? null };
  if (sent) {
    addTo(tally.recipients, example);
    count(tally.byChannel, sent.channel, 1);
    const waited = sends.find(({ touchId, result }) => touchId === sent.touchId && result === "waits");
    if (waited) count(tally.later, waited.reason ?? "", 1);
    return;
  }
  const reason = reasonOf(simulation, sends[0]);
  const group = tally.others.get(reason) ?? newGroup();
  tally.others.set(reason, group);
  addTo(group, example);
}

function reasonOf({ steps }: Simulation, first: { reason: string | null } | undefined): string {
  const [entry] = steps;
  if (entry?.kind === "entry" && entry.result !== "entered") return entry.reason ?? entry.result;
  return first?.reason ?? "no_message";
}

/** Adds what was found among other people; examples that are there already stay. */
export function mergeAudience(tally: AudienceTally, other: AudienceTally): void {
  tally.seen += other.seen;
  tally.members += other.members;
  tally.cutOff += other.cutOff;
  mergeGroup(tally.recipients, other.recipients);
  for (const [why, people] of other.later) count(tally.later, why, people);
  for (const [channel, people] of other.byChannel) count(tally.byChannel, channel, people);
  for (const [why, group] of other.others) {
    const known = tally.others.get(why) ?? newGroup();
    tally.others.set(why, known);
    mergeGroup(known, group);
  }
}

function newGroup(): Group {
  return { people: 0, examples: [] };
}

function addTo(group: Group, example: AudienceExample): void {
  group.people++;
  if (group.examples.length < MAX_EXAMPLES) group.examples.push(example);
}

function mergeGroup(group: Group, other: Group): void {
  group.people += other.people;
  group.examples.push(...other.examples.slice(0, MAX_EXAMPLES - group.examples.length));
}

function count(counts: Map<string, number>, key: string, people: number): void {
  counts.set(key, (counts.get(key) ?? 0) + people);
}
