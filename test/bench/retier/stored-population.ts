import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchWriteItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { tagShardOf } from "#domain/memberships/tag-bucket.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { keyOf, makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import type { Item } from "../../support/memory-dynamo-expressions.ts";
import { makeCountedDynamo, type TableCounts } from "../cost/counted-dynamo.ts";
import { itemBytes } from "../cost/item-size.ts";
import { countEmulator } from "./count-emulator.ts";
import type { Life } from "./draw-lives.ts";
import { idOf, PopulationTable } from "./population-table.ts";

/** A DynamoDB that holds a population, and counts. */
export interface StoredPopulation {
  readonly dynamo: DynamoDBClient;
  readonly counts: Map<string, TableCounts>;
  /** Processor time that the store itself took so far, seconds; undefined: nobody can tell. */
  readonly ownSeconds?: () => number;
  readonly stop: () => Promise<void>;
}

/** The `n`th person's rows. */
interface Rows {
  readonly profile: (n: number) => Item;
  readonly tags: (n: number) => Item[];
}

function rowsOf(lives: readonly Life[]): Rows {
  const lifeOf = (n: number): Life => {
    const life = lives[n % lives.length];
    if (!life) throw new RangeError("no lives");
    return life;
  };
  return {
    profile: (n) => ({ ...lifeOf(n).item, pk: { S: idOf(n) } }),
    tags(n) {
      const id = idOf(n);
      const shard = tagShardOf(id);
      return Array.from(lifeOf(n).memberships, ([key, since]) => ({
        pk: { S: `${key}#${shard}` },
        sk: { S: id },
        v: { N: "1" },
        s: { N: String(since) },
      }));
    },
  };
}

/** In memory: what nobody writes is made when it is read. */
export function simulatePopulation(lives: readonly Life[], people: number): StoredPopulation {
  const rows = rowsOf(lives);
  const populations = new Map([
    ["Profiles", new PopulationTable({ people, bytesOf: itemBytes, itemsOf: (n) => [rows.profile(n)] })],
    ["Tags", new PopulationTable({ people, bytesOf: itemBytes, itemsOf: rows.tags })],
  ]);
  const memory = makeMemoryDynamo(populations);
  const counted = makeCountedDynamo({
    onChange: memory.onChange,
    execute(command) {
      const population = command instanceof ScanCommand && populations.get(command.input.TableName ?? "");
      if (!population) return memory.execute(command);
      const { Segment = 0, TotalSegments = 1, ExclusiveStartKey: after } = command.input;
      const { items, last } = population.scan(Segment, TotalSegments, after && keyOf(after));
      const { pk, sk } = last ?? {};
      return { Items: items, ...(pk && { LastEvaluatedKey: { pk, ...(sk && { sk }) } }) };
    },
  });
  let own = 0;
  const send = async (command: object) => {
    const before = process.threadCpuUsage();
    try {
      return counted.execute(command);
    } finally {
      const { user, system } = process.threadCpuUsage(before);
      own += (user + system) / 1e6;
    }
  };
  return {
    dynamo: { send } as unknown as DynamoDBClient,
    counts: counted.counts,
    ownSeconds: () => own,
    stop: async () => {},
  };
}

const TABLES = { Profiles: "pk", Tags: "pk+sk", Timers: "pk+sk", Work: "pk+sk", Metrics: "pk+sk" } as const;
const ITEMS_A_BATCH = 25;

/** On the emulator of the local runtime. */
export async function emulatePopulation(lives: readonly Life[], people: number): Promise<StoredPopulation> {
  const { dynamo, stop } = await startDynamo();
  await Promise.all(Object.entries(TABLES).map(([name, keys]) => createTable(dynamo, name, keys)));
  await createTable(dynamo, "Definitions", "pk+sk");
  const rows = rowsOf(lives);
  let waiting: { readonly table: string; readonly item: Item }[] = [];
  const flush = async () => {
    const byTable = Map.groupBy(waiting, ({ table }) => table);
    waiting = [];
    const RequestItems = Object.fromEntries(
      Array.from(byTable, ([table, own]) => [table, own.map(({ item }) => ({ PutRequest: { Item: item } }))]),
    );
    await dynamo.send(new BatchWriteItemCommand({ RequestItems }));
  };
  for (let n = 0; n < people; n++) {
    const own = [
      { table: "Profiles", item: rows.profile(n) },
      ...rows.tags(n).map((item) => ({ table: "Tags", item })),
    ];
    if (waiting.length + own.length > ITEMS_A_BATCH) await flush();
    waiting.push(...own);
  }
  if (waiting.length > 0) await flush();
  return { ...countEmulator(dynamo), stop };
}
