import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shareReads } from "#aws/share-reads.ts";
import { batchGet } from "#aws/stores/batch-get.ts";
import { makeMemoryDynamo } from "../support/memory-dynamo.ts";

const KEYS = ["a", "b", "c", "d", "e"];
const TABLES = ["one", "two"];

/** Two tables in which some keys have an item, and a list of the calls that arrive. `before` may answer one itself. */
function open(before: (command: object) => object | undefined = () => undefined) {
  const memory = makeMemoryDynamo();
  for (const table of TABLES)
    for (const key of KEYS.slice(0, 3))
      memory.execute(new PutItemCommand({ TableName: table, Item: { pk: { S: key }, of: { S: `${table} ${key}` } } }));
  const calls: object[] = [];
  const client = {
    send: async (command: object) => {
      calls.push(command);
      return before(command) ?? memory.execute(command);
    },
  } as unknown as DynamoDBClient;
  return { client, shared: shareReads(client), calls };
}

function get(client: DynamoDBClient, table: string, key: string) {
  return client.send(new GetItemCommand({ TableName: table, Key: { pk: { S: key } }, ConsistentRead: true }));
}

const keysOf = (command: object | undefined, table = "one") =>
  command instanceof BatchGetItemCommand
    ? command.input.RequestItems?.[table]?.Keys?.map(({ pk }) => pk?.S)
    : undefined;

describe("reads that are asked for at the same time", () => {
  test("answer what each would alone, in one call a table", async () => {
    const aRead = fc.record({
      table: fc.constantFrom(...TABLES),
      keys: fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1 }),
      isBatch: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(aRead, { minLength: 1, maxLength: 12 }), async (reads) => {
        const { client, shared, calls } = open();
        const ask = (by: DynamoDBClient) =>
          Promise.all(
            reads.map(async ({ table, keys, isBatch }) => {
              if (!isBatch) return (await get(by, table, keys[0] ?? "")).Item;
              const items = await batchGet(by, table, keys);
              return items.toSorted((a, b) => ((a.pk?.S ?? "") < (b.pk?.S ?? "") ? -1 : 1));
            }),
          );
        const together = await ask(shared);
        expect(calls).toHaveLength(new Set(reads.map(({ table }) => table)).size);
        expect(together).toEqual(await ask(client));
      }),
    );
  });

  test("are a hundred keys a call", async () => {
    const { shared, calls } = open();
    const keys = Array.from({ length: 250 }, (_, n) => `k-${n}`);
    await Promise.all(keys.map((key) => get(shared, "one", key)));
    expect(calls.map((call) => keysOf(call)?.length)).toEqual([100, 100, 50]);
    expect(calls.flatMap((call) => keysOf(call))).toEqual(keys);
  });

  test("are asked for alone where the call left them unread", async () => {
    const { shared, calls } = open((command) =>
      command instanceof BatchGetItemCommand
        ? {
            Responses: { one: [{ pk: { S: "a" }, of: { S: "one a" } }] },
            UnprocessedKeys: { one: { Keys: [{ pk: { S: "b" } }] } },
          }
        : undefined,
    );
    const [a, b] = await Promise.all([get(shared, "one", "a"), get(shared, "one", "b")]);
    expect([a.Item?.of?.S, b.Item?.of?.S]).toEqual(["one a", "one b"]);
    expect(calls.map((call) => call.constructor)).toEqual([BatchGetItemCommand, GetItemCommand]);
  });

  test("do not suffer from one that DynamoDB does not take", async () => {
    const isWrong = (key: Record<string, AttributeValue> | undefined) => key?.pk?.S === "";
    const { shared } = open((command) => {
      const wrong = command instanceof GetItemCommand ? isWrong(command.input.Key) : keysOf(command)?.includes("");
      if (wrong) throw Object.assign(new Error("an empty key"), { name: "ValidationException" });
      return undefined;
    });
    const [a, wrong] = await Promise.allSettled([get(shared, "one", "a"), get(shared, "one", "")]);
    expect(a).toMatchObject({ status: "fulfilled", value: { Item: { of: { S: "one a" } } } });
    expect(wrong).toMatchObject({ status: "rejected", reason: { name: "ValidationException" } });
  });

  test("fail together where the call does, and later ones are asked anew", async () => {
    let isDown = true;
    const { shared } = open(() => {
      if (isDown) throw Object.assign(new Error("away"), { name: "InternalServerError" });
      return undefined;
    });
    const answers = await Promise.allSettled([get(shared, "one", "a"), get(shared, "one", "b")]);
    expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    isDown = false;
    expect((await get(shared, "one", "a")).Item?.of?.S).toBe("one a");
  });
});

test("one that is alone, is not strongly consistent or asks for more leaves as it is, and so does a write", async () => {
  const { shared, calls } = open();
  await get(shared, "one", "a");
  const Key = { pk: { S: "a" } };
  const others = [
    new GetItemCommand({ TableName: "one", Key }),
    new GetItemCommand({ TableName: "one", Key, ConsistentRead: false }),
    new PutItemCommand({ TableName: "one", Item: Key }),
  ];
  await Promise.all(others.map((command) => shared.send(command as GetItemCommand)));
  expect(calls.slice(1)).toEqual(others);
  expect(calls[0]).toBeInstanceOf(GetItemCommand);
});

test("a read begins after it was asked for", async () => {
  const turns: (() => void)[] = [];
  const { client, calls } = open();
  const shared = shareReads(client, () => new Promise<void>((resolve) => turns.push(resolve)));
  const first = get(shared, "one", "a");
  turns.shift()?.();
  await first;
  const second = [get(shared, "one", "a"), get(shared, "one", "b")];
  expect(calls).toHaveLength(1);
  turns.shift()?.();
  await Promise.all(second);
  expect(keysOf(calls[1])).toEqual(["a", "b"]);
});
