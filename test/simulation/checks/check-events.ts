import { makeActivityStore } from "#aws/stores/activity-store.ts";
import { keyOf } from "#domain/identity/plan-claims.ts";
import { hashMessageId } from "#domain/profile/message-hash.ts";
import { sumOrders } from "#domain/profile/orders.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";
import type { FeaturePlan } from "#domain/rules/features.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { FailedEvent } from "#events/failed-event.ts";
import type { MemoryDynamo } from "../../support/memory-dynamo.ts";
import type { MemoryS3 } from "../../support/memory-s3.ts";
import { CONFIG } from "../functions.ts";
import { type Journal, rootOf } from "./journal.ts";

/** Nothing accepted is lost, every message has its effect once, with the person of its strongest identifier, and the
 *  behaviour log holds just what was counted. */
export async function checkEvents(
  journal: Journal,
  on: { dynamo: MemoryDynamo; s3: MemoryS3; index: ReadonlyMap<IdentifierKey, ProfileId>; features: FeaturePlan },
): Promise<void> {
  const complain = (law: string, what: string) => journal.violations.push({ law, what });
  const failed = readFailed(on.s3);
  const roots = [...journal.people.values()].filter(({ mergedInto }) => mergedInto === undefined);

  for (const messageId of journal.acknowledged) {
    if (!journal.firstRecord.has(messageId)) complain("lost", `${messageId} was acknowledged and is in no stream`);
  }
  const kept = new Set(
    failed.map((it) => (it.stage === "collect" ? (it.call as { messageId?: string }).messageId : "")),
  );
  for (const messageId of journal.refused) {
    if (!kept.has(messageId)) complain("lost", `${messageId} was refused and is not among the failed events`);
  }
  const unread = new Set(failed.map((it) => (it.stage === "stream" ? it.sequenceNumber : "")));
  for (const { sequenceNumber } of journal.unreadable) {
    if (!unread.has(sequenceNumber))
      complain("lost", `record ${Number(sequenceNumber)} is not among the failed events`);
  }

  const events = [...journal.firstRecord].map(([id, { events: all }]) => all.find(({ messageId }) => messageId === id));
  const byOwner = new Map<ProfileId, CollectedEvent[]>();
  for (const event of events) {
    if (!event?.identifiers[0]) continue;
    const owner = rootOf(journal.people, on.index.get(keyOf(event.identifiers[0])));
    const holders = roots.filter(({ state }) => state.seen.has(hashMessageId(event.messageId)));
    if (!owner || holders.length === 0) complain("lost", `${event.messageId} was accepted and never folded`);
    else if (holders.length > 1 || holders[0] !== owner) {
      complain("owner", `${event.messageId} is with ${holders.map(({ id }) => id).join(", ")}, not with ${owner.id}`);
    } else byOwner.set(owner.id, [...(byOwner.get(owner.id) ?? []), event]);
  }
  const activity = makeActivityStore({ dynamo: on.dynamo.client, table: CONFIG.STRATA_TABLE_ACTIVITY });
  for (const root of roots) {
    const own = byOwner.get(root.id) ?? [];
    for (const [name, counted, expected] of counts(root, own, on.features)) {
      if (counted < expected) complain("lost", `${root.id} counts ${counted} ${name}, not ${expected}`);
      if (counted > expected) complain("counted-twice", `${root.id} counts ${counted} ${name}, not ${expected}`);
    }
    const logs = await Promise.all(
      [root.id, ...root.state.absorbed].map((id) => activity.list(id as ProfileId, { limit: 1000 })),
    );
    const logged = new Set(logs.flatMap((log) => log.events.map(({ messageId }) => messageId)));
    const missing = own.filter(({ messageId }) => !logged.has(messageId));
    if (missing.length > 0 || logged.size > own.length) {
      complain(
        "activity",
        `the log of ${root.id} holds ${[...logged].join(" ")}, not ${own.map((it) => it.messageId).join(" ")}`,
      );
    }
  }
}

/** Numbers that only grow by adding, beside what they should be. */
function counts(root: Profile, events: readonly CollectedEvent[], plan: FeaturePlan): [string, number, number][] {
  const named = (name: string) => events.filter(({ event }) => event === name);
  const feature = (name: string) => {
    const spec = plan.byEvent.get(name)?.find(({ measure, unit }) => measure === "count" && unit === "ever");
    return spec === undefined ? 0 : (root.state.features.get(spec.id)?.get(0) ?? 0);
  };
  const points = events.filter(({ traits }) => traits?.points === 1).length;
  return [
    ["views", feature("Product Viewed"), named("Product Viewed").length],
    ["purchases", feature("Order Completed"), named("Order Completed").length],
    ["orders", sumOrders(root.state).count, named("Order Completed").length],
    ["points", (root.state.traits.get("points")?.add?.sum ?? 0) / 10_000, points],
  ];
}

function readFailed(s3: MemoryS3): FailedEvent[] {
  return s3.names("failed/").flatMap((name) =>
    (s3.read(name) ?? "")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => FailedEvent.parse(JSON.parse(line))),
  );
}
