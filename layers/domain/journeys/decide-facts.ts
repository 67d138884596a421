import type { ProfileId } from "#domain/profile/state.ts";
import type { Fact } from "#events/fact.ts";
import type { Input } from "./advance.ts";
import { advanceRun } from "./advance-run.ts";
import type { JourneyPorts } from "./journey-ports.ts";
import { type EntryPorts, letIn } from "./let-in.ts";
import { moveRuns } from "./move-runs.ts";
import type { Run } from "./run.ts";
import { causeOf, readTriggers, type TriggerFact } from "./triggers.ts";
import { openVisit, type Visit } from "./visit.ts";

/** Lets journeys hear of the facts of one record, in their order: runs of people who turned out to be one are moved, live
 *  runs walk on, and whom a trigger names enters. Doing it again, or half of it, has no second effect; it throws where
 *  it must be done again. */
export async function decideFacts(ports: EntryPorts, facts: readonly Fact[]): Promise<void> {
  const { journeys } = await ports.definitions.get();
  // Definitions that are older than the facts may know of no journey yet, and then no fact speaks of an event.
  if (journeys.length === 0 && facts.every(({ kind }) => kind !== "event")) return;
  const ids = new Set(facts.map(({ profileId }) => profileId as ProfileId));
  for (const id of ids) {
    await decidePerson(
      ports,
      id,
      facts.filter(({ profileId }) => profileId === id),
      facts,
    );
  }
}

async function decidePerson(
  ports: EntryPorts,
  id: ProfileId,
  own: readonly Fact[],
  record: readonly Fact[],
): Promise<void> {
  const visit = await visitAfterMerges(ports, id, own);
  if (!visit) return;
  await settleLeftOver(ports, visit);
  const said = new Set(own);
  for (const found of readTriggers(record, visit.person.id).filter(({ fact }) => said.has(fact))) {
    await hear(ports, visit, found);
    for (const journey of visit.bundle.journeys) {
      const cause = causeOf(journey, found);
      if (cause) await letIn(ports, visit, journey, cause, id);
    }
  }
}

/** The runs of whoever was absorbed are moved before anything else is heard. */
async function visitAfterMerges(ports: JourneyPorts, id: ProfileId, own: readonly Fact[]): Promise<Visit | undefined> {
  const visit = await openVisit(ports, id);
  const merged = own.flatMap((fact) => (fact.kind === "profile-merged" ? [fact.merged as ProfileId] : []));
  if (!visit || merged.length === 0) return visit;
  for (const loser of merged) await moveRuns(ports, loser, visit.person.id);
  return openVisit(ports, visit.person.id);
}

/** What a worker that died had decided and not done. */
async function settleLeftOver(ports: JourneyPorts, visit: Visit): Promise<void> {
  for (const { run } of [...visit.runs.values()]) {
    if (run.owed) await advanceRun(ports, visit, run.id, { kind: "look" });
  }
}

/** Lets each run of the person hear of a fact: an event all of them, for a goal may be reached after the end; a membership
 *  those which a rule may end. */
async function hear(ports: JourneyPorts, visit: Visit, { fact }: TriggerFact): Promise<void> {
  if (fact.kind === "profile-merged") return;
  const input: Input = fact.kind === "event" ? { kind: "event", event: eventOf(fact) } : { kind: "look" };
  const exits = new Set(visit.bundle.journeys.filter(({ exitRule }) => exitRule).map(({ name }) => name));
  for (const { run } of [...visit.runs.values()]) {
    const isFor = fact.kind === "event" ? !run.outcome || mayStillConvert(visit, run) : exits.has(run.journey);
    if (isFor && (fact.kind === "event" || !run.outcome)) await advanceRun(ports, visit, run.id, input);
  }
}

function mayStillConvert({ bundle }: Visit, { journey, convertedAt }: Run): boolean {
  if (convertedAt !== undefined) return false;
  return bundle.journeys.some(({ name, goal }) => name === journey && goal !== undefined);
}

function eventOf({ factId, event, occurredAt, properties, money }: Extract<Fact, { kind: "event" }>) {
  return { factId, event, at: occurredAt, ...(properties && { properties }), ...(money && { money }) };
}
