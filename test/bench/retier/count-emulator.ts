import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type ConsumedCapacity,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { noTableCounts, type TableCounts } from "../cost/counted-dynamo.ts";

interface Answer {
  readonly ConsumedCapacity?: ConsumedCapacity | readonly ConsumedCapacity[];
  readonly ScannedCount?: number;
}

/** A client that counts what the emulator says it would charge. A write that its condition refused is counted as none. */
export function countEmulator(dynamo: DynamoDBClient): { dynamo: DynamoDBClient; counts: Map<string, TableCounts> } {
  const counts = new Map<string, TableCounts>();
  const send = async (command: GetItemCommand) => {
    Object.assign(command.input, { ReturnConsumedCapacity: "TOTAL" });
    const answer = (await dynamo.send(command)) as Answer;
    for (const { TableName = "", CapacityUnits = 0 } of [answer.ConsumedCapacity ?? []].flat()) {
      const own = counts.get(TableName) ?? noTableCounts();
      counts.set(TableName, own);
      count(own, command, answer, CapacityUnits);
    }
    return answer;
  };
  return { dynamo: { send } as unknown as DynamoDBClient, counts };
}

function count(own: TableCounts, command: object, { ScannedCount = 0 }: Answer, units: number): void {
  const reads = [GetItemCommand, BatchGetItemCommand, QueryCommand, ScanCommand];
  if (reads.some((read) => command instanceof read)) own.readUnits += units;
  else own.writeUnits += units;
  own.reads += ScannedCount;
  if (command instanceof QueryCommand || command instanceof ScanCommand) own.pages++;
  else if (command instanceof PutItemCommand) own.puts++;
  else if (command instanceof BatchWriteItemCommand)
    own.puts += Object.values(command.input.RequestItems ?? {}).flat().length;
  else if (command instanceof UpdateItemCommand) own.updates++;
  else if (command instanceof DeleteItemCommand) own.deletes++;
}
