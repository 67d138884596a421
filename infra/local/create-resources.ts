import { CreateTableCommand, type DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { CreateStreamCommand, type KinesisClient, ResourceInUseException } from "@aws-sdk/client-kinesis";
import { BucketAlreadyOwnedByYou, CreateBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import type { StreamPlan, TablePlan } from "./template/deployment.ts";

/** Creates the tables that are missing. Existing ones stay as they are. */
export async function createTables(client: DynamoDBClient, tables: readonly TablePlan[]): Promise<void> {
  const { TableNames: existing = [] } = await client.send(new ListTablesCommand());
  const missing = tables.filter(({ name }) => !existing.includes(name));
  await Promise.all(
    missing.map(({ name, keys }) =>
      client.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: keys.map((key) => ({ AttributeName: key.name, AttributeType: key.type })),
          KeySchema: keys.map((key) => ({ AttributeName: key.name, KeyType: key.role })),
        }),
      ),
    ),
  );
}

/** Creates the streams that are missing on a backend that is not embedded. */
export async function createStreams(client: KinesisClient, streams: readonly StreamPlan[]): Promise<void> {
  for (const { name, shards } of streams) {
    try {
      await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }));
    } catch (error) {
      if (!(error instanceof ResourceInUseException)) throw error;
    }
  }
}

export async function createBuckets(client: S3Client, buckets: readonly string[]): Promise<void> {
  for (const Bucket of buckets) {
    try {
      await client.send(new CreateBucketCommand({ Bucket }));
    } catch (error) {
      if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
    }
  }
}
