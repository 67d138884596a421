import { createHash } from "node:crypto";
import type { ConsentEntry, ConsentPage, ConsentStore } from "#domain/ports/consent-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";

/** Instants are padded so that their order as text is their order in time; the offset keeps dates before 1970 positive. */
const TIME_DIGITS = 16;
const TIME_OFFSET = 1e15;

/** What the ledger keeps of events: one entry for each that says something about a consent. Pure. */
export function consentEntriesOf(events: readonly CollectedEvent[]): ConsentEntry[] {
  return events.flatMap(({ consent, messageId, at, receivedAt, source }) => {
    if (!consent) return [];
    const { purpose, channel, granted, collectedBy, textVersion, proof } = consent;
    return {
      messageId,
      purpose,
      channel,
      granted,
      at,
      receivedAt,
      source: source.name,
      ...(collectedBy !== undefined && { collectedBy }),
      ...(textVersion !== undefined && { textVersion }),
      ...(proof !== undefined && { proof }),
    };
  });
}

/** Where an entry stands in a ledger: greater is newer. The same event always has the same place. */
export function placeOf({ at, messageId }: Pick<ConsentEntry, "at" | "messageId">): string {
  const bounded = Math.min(Math.max(at, -TIME_OFFSET), 8.64e15);
  const time = String(Math.floor(bounded + TIME_OFFSET)).padStart(TIME_DIGITS, "0");
  return `${time}#${createHash("sha256").update(messageId).digest("hex").slice(0, 32)}`;
}

/** One page of the ledgers of several people as if they were one: a merge leaves each entry where it was written. Newest
 *  first; an entry that stands in two ledgers is there once. */
export async function listConsents(
  consents: Pick<ConsentStore, "list">,
  ids: Iterable<ProfileId>,
  query: Parameters<ConsentStore["list"]>[1],
): Promise<ConsentPage> {
  const pages = await Promise.all(Array.from(new Set(ids), (id) => consents.list(id, query)));
  const byPlace = new Map(pages.flatMap(({ entries }) => entries.map((entry) => [placeOf(entry), entry])));
  const newestFirst = [...byPlace].toSorted(([a], [b]) => (a < b ? 1 : -1));
  const page = newestFirst.slice(0, query.limit);
  const last = page.at(-1)?.[0];
  const isMore = newestFirst.length > query.limit || pages.some(({ cursor }) => cursor !== undefined);
  const entries = page.map(([, entry]) => entry);
  return isMore && last !== undefined ? { entries, cursor: last } : { entries };
}
