import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { readConfig } from "./config.ts";

// Each function calls what it uses, once, outside its handler: what it does not call is not in its bundle. Region,
// credentials and endpoints (AWS_ENDPOINT_URL_…) come from the SDK's own reading of the environment.

// Nobody adds a middleware to these clients, so their stack is put together once for each kind of call, not for each call.
const cacheMiddleware = true;

export function makeDynamo(): DynamoDBClient {
  return new DynamoDBClient({ retryMode: "standard", maxAttempts: 5, cacheMiddleware });
}

/** Streams retry what matters record by record themselves; the SDK only bridges a lost connection. */
export function makeKinesis(): KinesisClient {
  return new KinesisClient({ retryMode: "standard", maxAttempts: 3, cacheMiddleware });
}

export function makeS3(settings: Pick<S3ClientConfig, "requestChecksumCalculation"> = {}): S3Client {
  const { STRATA_S3_PATH_STYLE } = readConfig();
  return new S3Client({ retryMode: "standard", maxAttempts: 5, forcePathStyle: STRATA_S3_PATH_STYLE, ...settings });
}

/** For addresses at which others upload: the SDK would sign a checksum of the body, of which it has none. */
export function makeSigningS3(): S3Client {
  return makeS3({ requestChecksumCalculation: "WHEN_REQUIRED" });
}

export function makeSecretsManager(): SecretsManagerClient {
  return new SecretsManagerClient({ retryMode: "standard", maxAttempts: 3 });
}

/** Queues retry message by message themselves. */
export function makeSqs(): SQSClient {
  return new SQSClient({ retryMode: "standard", maxAttempts: 3 });
}
