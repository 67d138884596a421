import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchGetItemCommand, DeleteItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { itemBytes, writeUnits } from "./item-size.ts";

const READ_UNIT_BYTES = 4096;

export interface TableCounts {
  puts: number;
  updates: number;
  deletes: number;
  writeUnits: number;
  reads: number;
  readUnits: number;
}

/** A DynamoDB in memory that counts what DynamoDB on demand would charge: a write by the larger of the item before and
 *  after, also where its condition refuses it; a strongly consistent read by steps of 4 KB, one where there is no item. */
export function makeCountedDynamo() {
  const dynamo = makeMemoryDynamo();
  const counts = new Map<string, TableCounts>();
  let changedBytes = 0;
  dynamo.onChange(({ before, after }) => {
    changedBytes = Math.max(itemBytes(before ?? {}), itemBytes(after ?? {}));
  });

  function countsOf(table: string): TableCounts {
    let own = counts.get(table);
    if (!own) {
      own = { puts: 0, updates: 0, deletes: 0, writeUnits: 0, reads: 0, readUnits: 0 };
      counts.set(table, own);
    }
    return own;
  }

  function execute(command: object): object {
    if (isWrite(command)) {
      const own = countsOf(command.input.TableName ?? "");
      changedBytes = 1;
      try {
        return dynamo.execute(command);
      } finally {
        if (command instanceof PutItemCommand) own.puts++;
        else if (command instanceof UpdateItemCommand) own.updates++;
        else own.deletes++;
        own.writeUnits += writeUnits(changedBytes);
      }
    }
    const answer = dynamo.execute(command);
    if (!(command instanceof BatchGetItemCommand)) throw new TypeError(`${command.constructor.name} is not counted`);
    const { Responses = {} } = answer as { Responses?: Record<string, Record<string, AttributeValue>[]> };
    for (const [table, { Keys = [] }] of Object.entries(command.input.RequestItems ?? {})) {
      const found = Responses[table] ?? [];
      const own = countsOf(table);
      own.reads += Keys.length;
      own.readUnits += Keys.length - found.length;
      for (const item of found) own.readUnits += Math.ceil(itemBytes(item) / READ_UNIT_BYTES);
    }
    return answer;
  }

  return {
    client: { send: async (command: object) => execute(command) } as unknown as DynamoDBClient,
    counts,
    reset: () => counts.clear(),
    countsOf,
  };
}

function isWrite(command: object): command is PutItemCommand | UpdateItemCommand | DeleteItemCommand {
  return [PutItemCommand, UpdateItemCommand, DeleteItemCommand].some((write) => command instanceof write);
}
