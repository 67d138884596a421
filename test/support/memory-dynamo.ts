import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  compare,
  evaluateCondition,
  type Item,
  type Names,
  updateItem,
  type Values,
} from "./memory-dynamo-expressions.ts";

/** What one write did to one item. */
export interface ItemChange {
  readonly table: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

export interface MemoryDynamo {
  /** Executes a command at once. Throws what DynamoDB would answer, and on any command or expression not known here. */
  execute(command: object): object;
  /** A stand-in for the SDK's client. */
  readonly client: DynamoDBClient;
  /** Items of a table, in the order of their keys. */
  items(table: string): Item[];
  /** Hears of every change of an item. */
  onChange(listener: (change: ItemChange) => void): void;
  /** Deletes what expired (attribute `ttl`, seconds) before `now` (milliseconds), as DynamoDB does some time later. */
  expire(now: number): void;
}

/** Items by their keys; a Map is one. */
export interface MemoryTable {
  get(key: string): Item | undefined;
  set(key: string, item: Item): unknown;
  delete(key: string): unknown;
  values(): Iterable<Item>;
  [Symbol.iterator](): Iterator<[string, Item]>;
}

interface Expressed {
  readonly ExpressionAttributeNames?: Names | undefined;
  readonly ExpressionAttributeValues?: Values | undefined;
}

/** DynamoDB in memory, at the level of SDK commands: tables keyed by `pk`, or by `pk` and `sk`, that begin when they
 *  are first written, or begin as `given`. It knows what Strata's adapters use and throws on everything else. */
export function makeMemoryDynamo(given: ReadonlyMap<string, MemoryTable> = new Map()): MemoryDynamo {
  const tables = new Map(given);
  const listeners: ((change: ItemChange) => void)[] = [];
  const tableOf = (name: string | undefined) => {
    const known = tables.get(named(name));
    if (known) return known;
    const table: MemoryTable = new Map<string, Item>();
    tables.set(named(name), table);
    return table;
  };

  function write(
    name: string | undefined,
    key: Item,
    input: Expressed & { ConditionExpression?: string },
    next: (before: Item | undefined) => Item | undefined,
  ) {
    const table = tableOf(name);
    const before = table.get(keyOf(key));
    const { ConditionExpression: condition } = input;
    if (condition !== undefined && !evaluateCondition(condition, before ?? {}, input)) {
      throw new ConditionalCheckFailedException({
        message: "The conditional request failed",
        $metadata: { httpStatusCode: 400 },
      });
    }
    const after = next(before);
    if (after) table.set(keyOf(key), after);
    else table.delete(keyOf(key));
    for (const listener of listeners) listener({ table: named(name), before, after });
    return { $metadata: {} };
  }

  function execute(command: object): object {
    if (command instanceof GetItemCommand) {
      const { TableName, Key = {} } = only(command.input, ["TableName", "Key", "ConsistentRead"]);
      const item = tableOf(TableName).get(keyOf(Key));
      return item ? { Item: { ...item } } : {};
    }
    if (command instanceof BatchGetItemCommand) return batchGet(command.input.RequestItems ?? {});
    if (command instanceof BatchWriteItemCommand) return batchPut(command.input.RequestItems ?? {});
    if (command instanceof PutItemCommand) {
      const { TableName, Item = {} } = only(command.input, ["TableName", "Item", ...CONDITION]);
      return write(TableName, Item, expressed(command.input), () => ({ ...Item }));
    }
    if (command instanceof UpdateItemCommand) {
      const {
        TableName,
        Key = {},
        UpdateExpression = "",
      } = only(command.input, ["TableName", "Key", "UpdateExpression", ...CONDITION]);
      return write(TableName, Key, expressed(command.input), (before) =>
        updateItem(UpdateExpression, { ...Key, ...before }, command.input),
      );
    }
    if (command instanceof DeleteItemCommand) {
      const { TableName, Key = {} } = only(command.input, ["TableName", "Key", ...CONDITION]);
      return write(TableName, Key, expressed(command.input), () => undefined);
    }
    if (command instanceof QueryCommand) return query(command.input);
    if (command instanceof ScanCommand) return scan(command.input);
    throw new TypeError(`the DynamoDB in memory does not know ${command.constructor.name}`);
  }

  function batchGet(requests: NonNullable<BatchGetItemCommand["input"]["RequestItems"]>) {
    const Responses: Record<string, Item[]> = {};
    for (const [name, request] of Object.entries(requests)) {
      const { Keys = [] } = only(request, ["Keys", "ConsistentRead"]);
      if (Keys.length > 100) throw new RangeError("BatchGetItem takes 100 keys at most");
      if (new Set(Keys.map(keyOf)).size < Keys.length) throw new RangeError("BatchGetItem takes no key twice");
      Responses[name] = Keys.map((key) => tableOf(name).get(keyOf(key)))
        .filter((item) => item !== undefined)
        .map((item) => ({ ...item }));
    }
    return { Responses, UnprocessedKeys: {} };
  }

  function batchPut(requests: NonNullable<BatchWriteItemCommand["input"]["RequestItems"]>) {
    for (const [name, writes] of Object.entries(requests)) {
      if (writes.length > 25) throw new RangeError("BatchWriteItem takes 25 items at most");
      for (const { PutRequest } of writes) {
        const { Item } = PutRequest ?? {};
        if (!Item) throw new TypeError("the DynamoDB in memory only puts in batches");
        write(name, Item, {}, () => ({ ...Item }));
      }
    }
    return { UnprocessedItems: {} };
  }

  function query(input: QueryCommand["input"]) {
    only(input, [...READ, "KeyConditionExpression", "ScanIndexForward", "ConsistentRead"]);
    const { KeyConditionExpression = "", ScanIndexForward = true } = input;
    const found = [...tableOf(input.TableName).values()]
      .filter((item) => evaluateCondition(KeyConditionExpression, item, input))
      .toSorted(byKey);
    return page(ScanIndexForward ? found : found.reverse(), input);
  }

  function scan(input: ScanCommand["input"]) {
    only(input, [...READ, "Segment", "TotalSegments"]);
    const { Segment = 0, TotalSegments = 1 } = input;
    const found = [...tableOf(input.TableName).values()].filter((item) => segmentOf(item, TotalSegments) === Segment);
    return page(found.toSorted(byKey), input);
  }

  return {
    execute,
    client: { send: async (command: object) => execute(command) } as unknown as DynamoDBClient,
    items: (name) => [...(tables.get(name)?.values() ?? [])].toSorted(byKey),
    onChange: (listener) => listeners.push(listener),
    expire(now) {
      for (const [name, table] of tables) {
        for (const [key, before] of table) {
          if (before.ttl?.N === undefined || Number(before.ttl.N) * 1000 >= now) continue;
          table.delete(key);
          for (const listener of listeners) listener({ table: name, before, after: undefined });
        }
      }
    },
  };
}

const CONDITION = ["ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"];
const READ = [
  "TableName",
  "FilterExpression",
  "ExpressionAttributeNames",
  "ExpressionAttributeValues",
  "Limit",
  "ExclusiveStartKey",
  "Select",
];

/** The part of `found` that one answer holds: Limit counts items before the filter, as in DynamoDB. */
function page(found: readonly Item[], input: QueryCommand["input"]) {
  const { ExclusiveStartKey: after, Limit = Infinity, FilterExpression: filter, Select } = input;
  if (Select !== undefined && Select !== "COUNT") throw new TypeError(`Select ${Select}`);
  const start = after ? found.findIndex((item) => keyOf(item) === keyOf(after)) + 1 : 0;
  const read = found.slice(start, start + Limit);
  const items = filter === undefined ? read : read.filter((item) => evaluateCondition(filter, item, input));
  const last = read.at(-1);
  // A page that ends at its limit says where it ended, even where nothing follows.
  const more = last && read.length === Limit ? { LastEvaluatedKey: keysIn(last) } : {};
  return {
    Count: items.length,
    ScannedCount: read.length,
    ...(Select ? {} : { Items: items.map((item) => ({ ...item })) }),
    ...more,
  };
}

function keysIn({ pk, sk }: Item): Record<string, AttributeValue> {
  return { ...(pk && { pk }), ...(sk && { sk }) };
}

/** By what a table of this DynamoDB knows an item. */
export function keyOf({ pk, sk }: Item): string {
  if (pk?.S === undefined || pk.S === "") throw new TypeError("an item without pk");
  return sk?.S === undefined ? pk.S : `${pk.S}\u0000${sk.S}`;
}

function byKey(a: Item, b: Item): number {
  return compare(a.pk, b.pk) || compare(a.sk, b.sk);
}

function segmentOf(item: Item, segments: number): number {
  let hash = 0;
  for (const char of item.pk?.S ?? "") hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0;
  return hash % segments;
}

function expressed<Input extends Expressed & { ConditionExpression?: string | undefined }>(input: Input) {
  return input as Expressed & { ConditionExpression?: string };
}

/** Throws on a parameter that the fake would silently ignore. */
function only<Input extends object>(input: Input, known: readonly string[]): Input {
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined && !known.includes(name))
      throw new TypeError(`the DynamoDB in memory does not know ${name}`);
  }
  return input;
}

function named(name: string | undefined): string {
  if (name === undefined) throw new TypeError("no TableName");
  return name;
}
