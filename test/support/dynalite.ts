import { randomUUID } from "node:crypto";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";

const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const region = "us-east-1";

/**
 * DynamoDB for one test file: an empty dynalite on 127.0.0.1, or over the files of `path`. Where STRATA_TEST_DYNAMODB_URL
 * names another emulator, as `npm run contracts:dynamodb-local` does, an empty region of that one: DynamoDB Local keeps the
 * tables of each access key apart.
 */
export async function startDynamo({ path }: { path?: string } = {}): Promise<{
  dynamo: DynamoDBClient;
  stop(): Promise<void>;
}> {
  const elsewhere = process.env.STRATA_TEST_DYNAMODB_URL;
  if (elsewhere !== undefined && path === undefined) {
    const accessKeyId = `test${randomUUID().replaceAll("-", "")}`;
    const dynamo = new DynamoDBClient({ endpoint: elsewhere, region, credentials: { ...credentials, accessKeyId } });
    return { dynamo, stop: async () => dynamo.destroy() };
  }
  const server = dynalite({
    ...(path !== undefined && { path }),
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("dynalite has no port");
  const dynamo = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region,
    credentials,
  });
  return {
    dynamo,
    stop: async () => {
      dynamo.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Creates a table with the key names that all of Strata's tables have. */
export async function createTable(dynamo: DynamoDBClient, name: string, keys: "pk" | "pk+sk"): Promise<string> {
  const withSort = keys === "pk+sk";
  await dynamo.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        ...(withSort ? [{ AttributeName: "sk", AttributeType: "S" as const }] : []),
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        ...(withSort ? [{ AttributeName: "sk", KeyType: "RANGE" as const }] : []),
      ],
    }),
  );
  return name;
}
