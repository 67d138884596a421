import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { type MemoryDynamo, makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { itemBytes, writeUnits } from "./item-size.ts";

const READ_UNIT_BYTES = 4096;
type Item = Record<string, AttributeValue>;
type Write = PutItemCommand | UpdateItemCommand | DeleteItemCommand | BatchWriteItemCommand;

export interface TableCounts {
  puts: number;
  updates: number;
  deletes: number;
  writeUnits: number;
  /** Items read. */
  reads: number;
  readUnits: number;
  /** Calls of Scan and Query. */
  pages: number;
}

export const noTableCounts = (): TableCounts => ({
  puts: 0,
  updates: 0,
  deletes: 0,
  writeUnits: 0,
  reads: 0,
  readUnits: 0,
  pages: 0,
});

/** A DynamoDB in memory that counts what DynamoDB on demand would charge: a write by the larger of the item before and
 *  after, also where its condition refuses it; a read by steps of 4 KB, one where there is no item, those of a page added
 *  up first, and half of it where it need not be the newest. */
export function makeCountedDynamo(dynamo: Pick<MemoryDynamo, "execute" | "onChange"> = makeMemoryDynamo()) {
  const counts = new Map<string, TableCounts>();
  let changedUnits = 0;
  dynamo.onChange(({ before, after }) => {
    changedUnits += writeUnits(Math.max(itemBytes(before ?? {}), itemBytes(after ?? {})));
  });

  function countsOf(table: string): TableCounts {
    const own = counts.get(table) ?? noTableCounts();
    counts.set(table, own);
    return own;
  }

  function execute(command: object): object {
    if (isWrite(command)) return write(command);
    const answer = dynamo.execute(command);
    if (command instanceof BatchGetItemCommand) {
      const { Responses = {} } = answer as { Responses?: Record<string, Item[]> };
      for (const [table, { Keys = [] }] of Object.entries(command.input.RequestItems ?? {})) {
        countEach(countsOf(table), Keys.length, Responses[table] ?? []);
      }
    } else if (command instanceof GetItemCommand) {
      const { Item } = answer as { Item?: Item };
      countEach(countsOf(command.input.TableName ?? ""), 1, Item ? [Item] : [], command.input.ConsistentRead);
    } else if (command instanceof QueryCommand || command instanceof ScanCommand) {
      const { TableName = "", FilterExpression, Select, ConsistentRead } = command.input;
      // What a filter leaves out is charged too, and is not in the answer.
      if (FilterExpression !== undefined || Select !== undefined) throw new TypeError("filters are not counted");
      countPage(countsOf(TableName), (answer as { Items?: Item[] }).Items ?? [], ConsistentRead);
    } else throw new TypeError(`${command.constructor.name} is not counted`);
    return answer;
  }

  function write(command: Write): object {
    changedUnits = 0;
    if (command instanceof BatchWriteItemCommand) {
      const answer = dynamo.execute(command);
      const [[table, requests] = ["", []], ...more] = Object.entries(command.input.RequestItems ?? {});
      if (more.length > 0) throw new TypeError("batches over several tables are not counted");
      const own = countsOf(table);
      own.puts += requests.length;
      own.writeUnits += changedUnits;
      return answer;
    }
    const own = countsOf(command.input.TableName ?? "");
    try {
      return dynamo.execute(command);
    } finally {
      if (command instanceof PutItemCommand) own.puts++;
      else if (command instanceof UpdateItemCommand) own.updates++;
      else own.deletes++;
      own.writeUnits += Math.max(1, changedUnits);
    }
  }

  return {
    client: { send: async (command: object) => execute(command) } as unknown as DynamoDBClient,
    execute,
    counts,
    reset: () => counts.clear(),
    countsOf,
  };
}

function countEach(own: TableCounts, asked: number, found: readonly Item[], consistent = true): void {
  const units = found.reduce((sum, item) => sum + readUnits(itemBytes(item)), asked - found.length);
  own.reads += asked;
  own.readUnits += consistent ? units : units / 2;
}

function countPage(own: TableCounts, items: readonly Item[], consistent = false): void {
  const units = readUnits(items.reduce((sum, item) => sum + itemBytes(item), 0));
  own.pages++;
  own.reads += items.length;
  own.readUnits += consistent ? units : units / 2;
}

function readUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
}

function isWrite(command: object): command is Write {
  return [PutItemCommand, UpdateItemCommand, DeleteItemCommand, BatchWriteItemCommand].some(
    (write) => command instanceof write,
  );
}
