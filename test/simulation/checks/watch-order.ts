import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Fact } from "#events/fact.ts";
import { CONFIG } from "../functions.ts";
import type { Journal } from "./journal.ts";

/** From its acceptance by the stream on, what has one key has its effects in order: an event is never folded before an
 *  earlier one of the same key and the same strongest identifier, nor is a fact indexed before an earlier one of the
 *  same person. What Lambda gave up on comes later, and is left out. */
export function watchOrder(journal: Journal): { onCommand(command: object): void } {
  const folded = new Set<string>();
  const strongest = ({ identifiers: [first] }: CollectedEvent) => first?.join(":");

  journal.onVersion((after, before) => {
    const fresh = [...after.state.seen.keys()]
      .filter((hash) => !before?.state.seen.has(hash))
      .map((hash) => journal.messages.get(hash))
      .filter((messageId) => messageId !== undefined && !folded.has(messageId));
    for (const messageId of fresh) if (messageId !== undefined) folded.add(messageId);
    for (const messageId of fresh) {
      const first = messageId === undefined ? undefined : journal.firstRecord.get(messageId);
      const event = first?.events.find((candidate) => candidate.messageId === messageId);
      if (!first || !event) continue;
      const { partitionKey, sequenceNumber } = first.record;
      for (const { record, events } of journal.accepted) {
        if (record.sequenceNumber >= sequenceNumber) break;
        if (record.partitionKey !== partitionKey || journal.givenUp.has(record.sequenceNumber)) continue;
        const late = events.find(
          (earlier) => strongest(earlier) === strongest(event) && !folded.has(earlier.messageId),
        );
        if (!late) continue;
        const what = `${messageId} was folded before ${late.messageId}, which the stream accepted first`;
        journal.violations.push({ law: "order", what });
      }
    }
  });

  const indexed = new Set<string>();
  /** Rows of earlier records of the same key that nobody has tried to write. */
  const latesBefore = (at: number): string[] =>
    journal.factRecords
      .slice(0, at)
      .filter(({ record }) => record.partitionKey === journal.factRecords[at]?.record.partitionKey)
      .filter(({ record }) => !journal.givenUp.has(record.sequenceNumber))
      .flatMap(({ facts }) => rowsOf(facts).filter((earlier) => !indexed.has(earlier)));
  return {
    onCommand(command) {
      if (!(command instanceof PutItemCommand) || command.input.TableName !== CONFIG.STRATA_TABLE_TAGS) return;
      const { pk, sk, v } = command.input.Item ?? {};
      const row = rowName(pk?.S?.replace(/#\d+$/, ""), sk?.S, v?.N);
      indexed.add(row);
      // What an absorbed person owed travels in records of two keys: this write may be on behalf of either.
      const lates = journal.factRecords.flatMap(({ facts }, n) =>
        rowsOf(facts).includes(row) ? [latesBefore(n)] : [],
      );
      const [late] = lates.length > 0 && lates.every(({ length }) => length > 0) ? lates.flat() : [];
      if (late) journal.violations.push({ law: "order", what: `${row} was indexed before ${late}` });
    },
  };
}

/** The rows that one record of facts is to write: of several changes of one membership, the last. */
function rowsOf(facts: readonly Fact[]): string[] {
  const last = new Map<string, string>();
  for (const fact of facts) {
    if (fact.kind !== "membership") continue;
    last.set(`${fact.profileId} ${fact.key}`, rowName(fact.key, fact.profileId, String(fact.version)));
  }
  return [...last.values()];
}

function rowName(key: string | undefined, profileId: string | undefined, version: string | undefined): string {
  return `${key} of ${profileId} at version ${version}`;
}
