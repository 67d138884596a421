import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
} from "@aws-sdk/client-dynamodb";
import { gatherCalls, type Turn } from "./gather-calls.ts";

type Item = Record<string, AttributeValue>;

/** BatchGetItem takes 100 keys at most. */
const KEYS_A_CALL = 100;

/** A command that reads items of one table by their keys, strongly consistent. */
interface Read {
  readonly table: string;
  readonly keys: readonly Item[];
  /** The answer to the command, out of what was found. */
  readonly answerOf: (find: (key: Item) => Item | undefined) => object;
}

interface Waiting extends Read {
  readonly settle: PromiseWithResolvers<object>;
  /** Sends the command itself. */
  readonly askAlone: () => Promise<object>;
}

/** A client for many who each read an item at the same time: what they ask of a table leaves in one BatchGetItem. A read
 *  still begins after it was asked for. What such a call leaves unread, or will not take, is asked for alone; commands that
 *  read nothing by key pass. */
export function shareReads(dynamo: DynamoDBClient, turn?: Turn): DynamoDBClient {
  const join = gatherCalls<Waiting>({
    keyOf: ({ table }) => table,
    sizeOf: ({ keys }) => [keys.length],
    limits: [KEYS_A_CALL],
    call: askTogether,
    turn,
  });

  async function askTogether(reads: readonly Waiting[]): Promise<void> {
    const [first, ...others] = reads;
    if (!first || others.length === 0) return reads.forEach(leaveAlone);
    const { table } = first;
    try {
      const keys = new Map(reads.flatMap((read) => read.keys.map((key) => [nameOf(key, key), key])));
      const request = { Keys: [...keys.values()], ConsistentRead: true };
      const answer = await dynamo.send(new BatchGetItemCommand({ RequestItems: { [table]: request } }));
      const [like = {}] = request.Keys;
      const items = new Map(answer.Responses?.[table]?.map((item) => [nameOf(item, like), item]));
      const unread = new Set(answer.UnprocessedKeys?.[table]?.Keys?.map((key) => nameOf(key, key)));
      for (const read of reads) {
        if (read.keys.some((key) => unread.has(nameOf(key, key)))) leaveAlone(read);
        else read.settle.resolve(read.answerOf((key) => items.get(nameOf(key, key))));
      }
    } catch (error) {
      // One key that it does not take is the fault of all of them.
      if (error instanceof Error && error.name === "ValidationException") reads.forEach(leaveAlone);
      else for (const { settle } of reads) settle.reject(error);
    }
  }

  function send(command: object, ...options: unknown[]): unknown {
    const askAlone = () => Reflect.apply(dynamo.send, dynamo, [command, ...options]) as Promise<object>;
    const read = options.length === 0 ? readOf(command) : undefined;
    if (!read) return askAlone();
    const settle = Promise.withResolvers<object>();
    join({ ...read, settle, askAlone });
    return settle.promise;
  }

  return Object.create(dynamo, { send: { value: send } }) as DynamoDBClient;
}

function leaveAlone({ settle, askAlone }: Waiting): void {
  settle.resolve(askAlone());
}

function readOf(command: object): Read | undefined {
  if (command instanceof GetItemCommand) {
    const { TableName: table, Key, ConsistentRead, ...more } = command.input;
    if (table === undefined || !Key || !ConsistentRead || Object.keys(more).length > 0) return undefined;
    return { table, keys: [Key], answerOf: (find) => ({ Item: find(Key) }) };
  }
  if (command instanceof BatchGetItemCommand) {
    const [[table, request] = [], ...others] = Object.entries(command.input.RequestItems ?? {});
    const { Keys = [], ConsistentRead, ...more } = request ?? {};
    if (table === undefined || others.length > 0 || !ConsistentRead || Object.keys(more).length > 0) return undefined;
    const answerOf: Read["answerOf"] = (find) => ({
      Responses: { [table]: Keys.map(find).filter((item) => item !== undefined) },
      UnprocessedKeys: {},
    });
    return { table, keys: Keys, answerOf };
  }
  return undefined;
}

/** What tells an item from the others of its table: the attributes that `key` has. */
function nameOf(item: Item, key: Item): string {
  const names = Object.keys(key).toSorted();
  return JSON.stringify(names.map((name) => item[name]));
}
