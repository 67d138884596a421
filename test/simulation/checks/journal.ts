import { fromProfileItem } from "#aws/stores/profile-item.ts";
import { hashMessageId } from "#domain/profile/message-hash.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Fact } from "#events/fact.ts";
import { decodeStreamRecord } from "#events/stream-record.ts";
import type { ItemChange, MemoryDynamo } from "../../support/memory-dynamo.ts";
import type { MemoryKinesis, ShardRecord } from "../../support/memory-kinesis.ts";
import { CONFIG } from "../functions.ts";

export interface Violation {
  /** The law that was broken: `lost`, `counted-twice`, `order`… A story is shrunk as long as it breaks the same one. */
  readonly law: string;
  readonly what: string;
}

/** A record that the event stream accepted. */
export interface Accepted {
  readonly record: ShardRecord;
  readonly events: readonly CollectedEvent[];
}

/** What an impartial witness of the services wrote down; checks compare it with what is stored in the end. */
export interface Journal {
  readonly violations: Violation[];
  /** Messages that a client was told were accepted. */
  readonly acknowledged: Set<string>;
  /** Messages that a client was told were refused. */
  readonly refused: Set<string>;
  readonly accepted: Accepted[];
  /** The first stream record of each message. */
  readonly firstRecord: Map<string, Accepted>;
  /** By hash: how profiles remember messages. */
  readonly messages: Map<bigint, string>;
  /** Records of the event stream that nobody can read. */
  readonly unreadable: ShardRecord[];
  /** Sequence numbers, of either stream, that Lambda gave up on. */
  readonly givenUp: Set<string>;
  readonly factRecords: { readonly record: ShardRecord; readonly facts: readonly Fact[] }[];
  /** People as they are stored now. */
  readonly people: Map<ProfileId, Profile>;
  /** Facts that some version of a profile owed, by id. */
  readonly owed: Map<string, Fact>;
  /** Hears of each new version of a person. */
  onVersion(listener: (after: Profile, before: Profile | undefined) => void): void;
}

export function keepJournal(dynamo: MemoryDynamo, kinesis: MemoryKinesis): Journal {
  const listeners: ((after: Profile, before: Profile | undefined) => void)[] = [];
  const journal: Journal = {
    violations: [],
    acknowledged: new Set(),
    refused: new Set(),
    accepted: [],
    firstRecord: new Map(),
    messages: new Map(),
    unreadable: [],
    givenUp: new Set(),
    factRecords: [],
    people: new Map(),
    owed: new Map(),
    onVersion: (listener) => listeners.push(listener),
  };

  dynamo.onChange(({ table, before, after }: ItemChange) => {
    if (table !== CONFIG.STRATA_TABLE_PROFILES) return;
    if (!after) return void journal.violations.push({ law: "version", what: `${before?.pk?.S} was deleted` });
    const profile = fromProfileItem(after);
    const earlier = journal.people.get(profile.id);
    journal.people.set(profile.id, profile);
    for (const listener of listeners) listener(profile, earlier);
  });

  kinesis.onRecord((stream, _shard, record) => {
    if (stream === CONFIG.STRATA_FACT_STREAM) {
      journal.factRecords.push({ record, facts: decodeStreamRecord("facts", record.data) as Fact[] });
      return;
    }
    try {
      const accepted = { record, events: decodeStreamRecord("events", record.data) as CollectedEvent[] };
      journal.accepted.push(accepted);
      for (const { messageId } of accepted.events) {
        if (!journal.firstRecord.has(messageId)) journal.firstRecord.set(messageId, accepted);
        journal.messages.set(hashMessageId(messageId), messageId);
      }
    } catch {
      journal.unreadable.push(record);
    }
  });
  return journal;
}

/** The living person that a pointer leads to; undefined where it leads nowhere or in a circle. */
export function rootOf(people: ReadonlyMap<ProfileId, Profile>, id: ProfileId | undefined): Profile | undefined {
  let person = id === undefined ? undefined : people.get(id);
  for (let hops = 0; person?.mergedInto !== undefined; hops++) {
    if (hops > people.size) return undefined;
    person = people.get(person.mergedInto);
  }
  return person;
}
