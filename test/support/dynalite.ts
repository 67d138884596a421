import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";

/** An empty DynamoDB on 127.0.0.1 for one test file. */
export async function startDynamo(): Promise<{ dynamo: DynamoDBClient; stop(): Promise<void> }> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("dynalite has no port");
  const dynamo = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
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
