import { isDeepStrictEqual } from "node:util";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { Bundle } from "#domain/definitions/bundle.ts";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import { isAnybody } from "#domain/profile/is-anybody.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";
import type { CurrentRun } from "#domain/retier/current-run.ts";
import type { Run } from "#domain/retier/run.ts";
import { differences } from "../../oracle/truth.ts";
import type { MemoryDynamo } from "../../support/memory-dynamo.ts";
import { CONFIG } from "../functions.ts";
import { expectedMemberships } from "./expected-memberships.ts";
import type { Journal } from "./journal.ts";
import { eventsByPerson } from "./settled-events.ts";
import { readTimers } from "./watch-time.ts";

/** A row of a writer that died is removed when it falls due, an hour after it was written at the latest. */
const STRAY_MS = 70 * 60_000;

/** Longer than a dozen looks and a worker that stalls in one of them. */
const FORGOTTEN_MS = 3 * 60 * 60_000;

interface Scene {
  readonly journal: Journal;
  readonly dynamo: MemoryDynamo;
  readonly now: number;
  readonly bundle: Bundle;
}

/** People who live, and whom anything was folded into. */
export function livingPeople(journal: Journal): Profile[] {
  return [...journal.people.values()].filter(
    ({ mergedInto, split, state }) => mergedInto === undefined && !split && isAnybody(state),
  );
}

/** Everybody is in what a brute-force reading of their events says. Who expires in this very minute is left out: wake
 *  comes in the next. Returns how many were compared. */
export function checkMemberships({ journal, dynamo, now, bundle }: Scene): number {
  const byPerson = eventsByPerson(journal, indexOf(dynamo));
  let compared = 0;
  for (const person of livingPeople(journal)) {
    if (person.reviewAt <= now && (person.timerAt ?? Infinity) > now) continue;
    compared++;
    const truth = expectedMemberships(byPerson.get(person.id) ?? [], now, bundle);
    for (const wrong of differences(person, truth, now)) {
      journal.violations.push({ law: "memberships", what: `${person.id} at ${new Date(now).toISOString()}: ${wrong}` });
    }
  }
  return compared;
}

/** While the schedule fires, nothing that is due stays undone for hours, whatever goes wrong. */
export function checkForgotten({ journal, dynamo, now }: Scene): void {
  for (const { id, at, writtenAt } of readTimers(dynamo)) {
    if (Math.max(at, writtenAt) < now - FORGOTTEN_MS) {
      journal.violations.push({ law: "timer-forgotten", what: `${id} has a row of ${at}, still there at ${now}` });
    }
  }
}

/** No timer is due any more, none waits for nobody. */
export function checkTimers({ journal, dynamo, now }: Scene): void {
  for (const { id, at, writtenAt } of readTimers(dynamo)) {
    if (at < now - STRAY_MS && writtenAt < now - STRAY_MS) {
      journal.violations.push({ law: "timer-stray", what: `${id} has a row of ${at}, long due at ${now}` });
    }
  }
}

/** Every feature counts what a fold of the person's events from the beginning counts. */
export function checkFeatures({ journal, dynamo, bundle }: Scene): void {
  const { features: plan } = compileBundle(bundle);
  const byPerson = eventsByPerson(journal, indexOf(dynamo));
  for (const { id, state } of livingPeople(journal)) {
    const events = (byPerson.get(id) ?? []).toSorted((a, b) => a.at - b.at);
    const counted = foldEvents(emptyState(), events, plan).state.features;
    for (const feature of plan.byId.keys()) {
      const [kept, expected] = [state.features.get(feature), counted.get(feature)].map((counts) => [...(counts ?? [])]);
      if (isDeepStrictEqual(new Map(kept), new Map(expected))) continue;
      const what = `${id}: ${feature} is ${JSON.stringify(kept)}, not ${JSON.stringify(expected)}`;
      journal.violations.push({ law: "features", what });
    }
  }
}

/** What a run has recorded is a count of everyone. */
export function checkCounts({ journal, dynamo }: Scene): void {
  const counted = new Map<string, number>();
  for (const { memberships } of livingPeople(journal)) {
    for (const key of memberships.keys()) counted.set(key, (counted.get(key) ?? 0) + 1);
  }
  for (const { pk, sk, count } of dynamo.items(CONFIG.STRATA_TABLE_METRICS)) {
    const key = sk?.S ?? "";
    if (pk?.S !== "membership-count#exact" || !isInForce(key)) continue;
    const expected = counted.get(key) ?? 0;
    if (Number(count?.N) !== expected) {
      journal.violations.push({ law: "counts", what: `${key}: ${count?.N} were recorded, there are ${expected}` });
    }
    counted.delete(key);
  }
  for (const key of counted.keys()) journal.violations.push({ law: "counts", what: `${key} was not recorded` });

  function isInForce(key: string): boolean {
    return counted.has(key) || !key.endsWith("fresh");
  }
}

/** The thresholds in force are the nearest-rank quantiles of what everyone's events add up to. */
export function checkThresholds({ journal, dynamo, bundle }: Scene): void {
  const byPerson = eventsByPerson(journal, indexOf(dynamo));
  const revenues = livingPeople(journal)
    .map(({ id }) => (byPerson.get(id) ?? []).filter(({ order }) => order?.kind === "completed"))
    .filter((orders) => orders.length > 0)
    .map((orders) => orders.reduce((sum, { order }) => sum + amountOf(order), 0))
    .toSorted((a, b) => a - b);
  for (const [id, ranks] of Object.entries(bundle.thresholds?.values ?? {})) {
    for (const [rank, value] of ranks) {
      const expected = revenues[Math.ceil(rank * revenues.length - 1e-9) - 1];
      if (value !== expected) journal.violations.push({ law: "thresholds", what: `${id}: ${value}, not ${expected}` });
    }
  }
}

function amountOf(order: object | undefined): number {
  return order && "amountMinor" in order ? Number(order.amountMinor) : 0;
}

/** The newest run; undefined while none is there. */
export function readRun(dynamo: MemoryDynamo): Run | undefined {
  const current = readWork(dynamo, "retier", "current") as CurrentRun | undefined;
  return current && (readWork(dynamo, `retier#${current.order.runId}`, "run") as Run | undefined);
}

/** A run was ordered that has not come to its end. */
export function isRunOpen(dynamo: MemoryDynamo): boolean {
  const current = readWork(dynamo, "retier", "current") as CurrentRun | undefined;
  return current !== undefined && current.lastDone?.runId !== current.order.runId;
}

function readWork(dynamo: MemoryDynamo, job: string, slice: string): unknown {
  const Key = { pk: { S: job }, sk: { S: slice } };
  const command = new GetItemCommand({ TableName: CONFIG.STRATA_TABLE_WORK, Key });
  const { Item } = dynamo.execute(command) as { Item?: { b?: { S?: string } } };
  return Item && JSON.parse(Item.b?.S ?? "null");
}

/** Who is who, and in what, without anything that depends on when: equal for two stories of one seed. */
export function summarise(journal: Journal): string {
  return livingPeople(journal)
    .map(({ state, memberships }) => {
      const keys = [...memberships.keys()].filter((key) => !key.startsWith("tier:life="));
      return `${[...state.identifiers.keys()].toSorted().join(" ")}: ${keys.toSorted().join(" ")}`;
    })
    .toSorted()
    .join("\n");
}

function indexOf(dynamo: MemoryDynamo): Map<IdentifierKey, ProfileId> {
  const identities = dynamo.items(CONFIG.STRATA_TABLE_IDENTITIES);
  return new Map(identities.map(({ pk, p }) => [pk?.S as IdentifierKey, p?.S as ProfileId]));
}
