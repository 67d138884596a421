import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import type { AdminToken, TokenStore } from "#domain/ports/token-store.ts";
import { Role } from "#events/admin-api/role.ts";
import { callConditional, callStore } from "./dynamo-errors.ts";

/** Tokens live in the Definitions table, apart from the log of bundles. */
const TOKENS = "token";

/** Keeps administration tokens by their SHA-256. A stored role that we do not know reads as no token at all. */
export function makeTokenStore({ dynamo, table }: { dynamo: DynamoDBClient; table: string }): TokenStore {
  const keyOf = (hash: string) => ({ pk: { S: TOKENS }, sk: { S: hash } });

  return {
    async find(hash) {
      const { Item } = await callStore(table, () =>
        dynamo.send(new GetItemCommand({ TableName: table, Key: keyOf(hash), ConsistentRead: true })),
      );
      return Item && readToken(Item);
    },

    async put({ hash, name, role, createdAt }) {
      await callStore(table, () =>
        dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: { ...keyOf(hash), name: { S: name }, role: { S: role }, createdAt: { N: String(createdAt) } },
          }),
        ),
      );
    },

    async remove(hash) {
      const outcome = await callConditional(table, () =>
        dynamo.send(
          new DeleteItemCommand({ TableName: table, Key: keyOf(hash), ConditionExpression: "attribute_exists(pk)" }),
        ),
      );
      return outcome === "done" ? "removed" : "absent";
    },

    async list({ cursor, limit }) {
      const { Items = [], LastEvaluatedKey } = await callStore(table, () =>
        dynamo.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: "pk = :tokens",
            ExpressionAttributeValues: { ":tokens": { S: TOKENS } },
            ConsistentRead: true,
            Limit: limit,
            ...(cursor !== undefined && { ExclusiveStartKey: keyOf(cursor) }),
          }),
        ),
      );
      const next = LastEvaluatedKey?.sk?.S;
      return {
        tokens: Items.map(readToken).filter((token) => token !== undefined),
        ...(next !== undefined && { cursor: next }),
      };
    },
  };
}

function readToken(item: Record<string, AttributeValue>): AdminToken | undefined {
  const role = Role.safeParse(item.role?.S);
  if (!role.success) return undefined;
  return {
    hash: item.sk?.S ?? "",
    name: item.name?.S ?? "",
    role: role.data,
    createdAt: Number(item.createdAt?.N ?? 0),
  };
}
