import { createHash } from "node:crypto";
import type { CollectedEvent } from "#events/collected-event.ts";

/** Groups events by who they are about, in their order, under a key for the stream: a hash of the event's own userId,
 *  or else its anonymousId, or else its strongest identifier. One person's events of a request travel together, and the
 *  fold writes the person once. */
export function groupEvents(
  events: readonly CollectedEvent[],
): { readonly key: string; readonly events: readonly CollectedEvent[] }[] {
  const groups = new Map<string, CollectedEvent[]>();
  for (const event of events) {
    const identity = identityOf(event);
    const group = groups.get(identity);
    if (group) group.push(event);
    else groups.set(identity, [event]);
  }
  return [...groups].map(([identity, group]) => ({ key: hashKey(identity), events: group }));
}

function identityOf({ identifiers }: CollectedEvent): string {
  const own =
    identifiers.find(([type]) => type === "userId") ??
    identifiers.find(([type]) => type === "anonymousId") ??
    identifiers[0];
  return own === undefined ? "" : `${own[0]}:${own[1]}`;
}

function hashKey(identity: string): string {
  return createHash("sha256").update(identity).digest("hex").slice(0, 32);
}
