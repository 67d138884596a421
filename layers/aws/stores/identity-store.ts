import { type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { IdentityStore } from "#domain/ports/identity-store.ts";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";
import type { Sleep } from "../sleep.ts";
import { batchGet } from "./batch-get.ts";
import { callConditional } from "./dynamo-errors.ts";

/** The index from `type:value` to the person, in DynamoDB. */
export function makeIdentityStore(on: { dynamo: DynamoDBClient; table: string; sleep?: Sleep }): IdentityStore {
  const { dynamo, table, sleep } = on;
  return {
    async find(keys) {
      const items = await batchGet(dynamo, table, keys, sleep);
      return new Map(items.map((item) => [item.pk?.S as IdentifierKey, item.p?.S as ProfileId]));
    },

    async claim(key, profileId) {
      const outcome = await callConditional(table, () =>
        dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: { pk: { S: key }, p: { S: profileId } },
            ConditionExpression: "attribute_not_exists(pk) OR p = :person",
            ExpressionAttributeValues: { ":person": { S: profileId } },
          }),
        ),
      );
      return outcome === "done" ? "claimed" : "taken";
    },

    async repoint(key, from, to) {
      const outcome = await callConditional(table, () =>
        dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: { pk: { S: key }, p: { S: to } },
            ConditionExpression: "p = :from",
            ExpressionAttributeValues: { ":from": { S: from } },
          }),
        ),
      );
      return outcome === "done" ? "repointed" : "conflict";
    },
  };
}
