import type { SliceMessage } from "#domain/retier/ports.ts";
import type { Worker } from "#domain/retier/work-slice.ts";
import type { Definition } from "#events/definitions/index.ts";
import { anEvent, NOON } from "../../support/people.ts";
import { openRetierWorld } from "../../support/retier-world.ts";

const viewer: Definition = { kind: "tag", name: "viewer", rule: { did: { event: "Product Viewed", within: "30d" } } };
export const loyal = {
  kind: "tag",
  name: "loyal",
  rule: { did: { event: "Product Viewed", atLeast: 2 } },
} satisfies Definition;
export const request = { reason: "request", by: "test" } as const;
export const seen = (user: string, n = 0) =>
  anEvent(`${user}-${n}`, { identifiers: [["userId", user]], at: NOON - n * 1000 });
export const worker: Worker = { owner: "somebody", remainingMs: () => Infinity };

/** People who have each looked at a product, and a tag for those who have. */
export async function openViewers(people = 20) {
  const world = openRetierWorld(2);
  await world.fold(Array.from({ length: people }, (_, n) => seen(`u-${n}`)));
  await world.define(viewer);
  return world;
}

/** The next message of the queue. */
export function take(queue: { sent: SliceMessage[] }): SliceMessage {
  const message = queue.sent.shift();
  if (!message) throw new Error("no message");
  return message;
}
