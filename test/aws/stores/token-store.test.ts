import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTokenStore } from "#aws/stores/token-store.ts";
import type { AdminToken, TokenStore } from "#domain/ports/token-store.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { makeMemoryTokenStore } from "../../support/memory-token-store.ts";
import { NOON } from "../../support/people.ts";

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

const token = (hash: string): AdminToken => ({ hash, name: `name of ${hash}`, role: "operator", createdAt: NOON });

describe.each<[string, () => Promise<TokenStore>]>([
  ["in memory", async () => makeMemoryTokenStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `tokens-${Math.random()}`, "pk+sk");
      return makeTokenStore({ dynamo: emulator.dynamo, table });
    },
  ],
  ["in DynamoDB in memory", async () => makeTokenStore({ dynamo: makeMemoryDynamo().client, table: "tokens" })],
])("a token store %s", (_, open) => {
  test("finds what was put, until it is removed", async () => {
    const store = await open();
    expect(await store.find("aa")).toBeUndefined();
    await store.put(token("aa"));
    expect(await store.find("aa")).toEqual(token("aa"));
    expect(await store.remove("aa")).toBe("removed");
    expect(await store.find("aa")).toBeUndefined();
    expect(await store.remove("aa")).toBe("absent");
  });

  test("lists every token once, page by page", async () => {
    const store = await open();
    const hashes = ["aa", "bb", "cc", "dd", "ee"];
    for (const hash of hashes) await store.put(token(hash));
    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.list({ limit: 2, ...(cursor !== undefined && { cursor }) });
      listed.push(...page.tokens.map(({ hash }) => hash));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(listed).toEqual(hashes);
  });
});

test("a stored role that nobody knows is no token", async () => {
  const table = await createTable(emulator.dynamo, "tokens-of-tomorrow", "pk+sk");
  const Item = { pk: { S: "token" }, sk: { S: "aa" }, role: { S: "owner" }, name: { S: "x" }, createdAt: { N: "1" } };
  await emulator.dynamo.send(new PutItemCommand({ TableName: table, Item }));
  expect(await makeTokenStore({ dynamo: emulator.dynamo, table }).find("aa")).toBeUndefined();
});
