import path from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { S3Client } from "@aws-sdk/client-s3";
import type { Cleanup } from "./cleanup.ts";
import type { SteeredClock } from "./clock.ts";
import { createBuckets, createStreams, createTables } from "./create-resources.ts";
import { serveMailbox } from "./emulators/mailbox.ts";
import type { SecretFile } from "./emulators/secret-file.ts";
import { serveSecrets } from "./emulators/secrets-manager.ts";
import type { SentMail } from "./emulators/sent-mail.ts";
import { startEmulator } from "./emulators/thread-host.ts";
import type { Faults } from "./faults.ts";
import { credentials, type Endpoints } from "./local-environment.ts";
import type { Backend } from "./options.ts";
import { MessageQueues } from "./queue/message-queues.ts";
import { makeSqsApi } from "./queue/sqs-api.ts";
import { serveSqs } from "./queue/sqs-endpoint.ts";
import { EmbeddedStreams } from "./stream/embedded-streams.ts";
import { makeKinesisApi } from "./stream/kinesis-api.ts";
import { serveKinesis } from "./stream/kinesis-endpoint.ts";
import { RemoteStream } from "./stream/remote-stream.ts";
import type { ShardReader } from "./stream/shard-reader.ts";
import type { Deployment, StreamPlan } from "./template/deployment.ts";
import { accountId, region, streamArn } from "./template/physical-ids.ts";

interface DataServicesOptions {
  readonly dataDir: string;
  readonly backend: Backend;
  readonly secrets: SecretFile;
  readonly faults: Faults;
  readonly clock: Pick<SteeredClock, "now" | "shared">;
  readonly cleanup: Cleanup;
}

/** Running data services and how to reach them. */
export interface DataServices {
  readonly endpoints: Endpoints;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  /** Always embedded: their time is the steered clock's. */
  readonly queues: MessageQueues;
  /** Told of each mail that the mailbox took. */
  onMailSent(listener: (mail: SentMail) => void): void;
  readStream(plan: StreamPlan): ShardReader;
  /** Creates what the template asks for and is not there yet. */
  createResources(deployment: Deployment): Promise<void>;
}

/** Starts what is embedded, all at once, and connects to what is elsewhere. */
export async function startDataServices(options: DataServicesOptions): Promise<DataServices> {
  const { dataDir, backend, secrets, faults, clock, cleanup } = options;
  const { now } = clock;
  const mailListeners: ((mail: SentMail) => void)[] = [];
  const onSent = (mail: SentMail) => {
    for (const listener of mailListeners) listener(mail);
  };
  const streams = new EmbeddedStreams(path.join(dataDir, "streams"), now);
  const queues = new MessageQueues(path.join(dataDir, "queues"), now);
  const emulate = async (module: string, folder: string): Promise<string> => {
    const emulator = await startEmulator(new URL(module, import.meta.url), { folder: path.join(dataDir, folder) });
    cleanup.add(() => emulator.stop());
    return emulator.url;
  };
  const serve = async (server: Promise<{ url: string; close(): Promise<void> }>): Promise<string> => {
    const { url, close } = await server;
    cleanup.add(close);
    return url;
  };
  const [dynamodbUrl, objectStoreUrl, kinesisUrl, sqsUrl, secretsManager, ses] = await Promise.all([
    backend.dynamodb ?? emulate("./emulators/dynamodb-thread.ts", "dynamodb"),
    emulate("./emulators/object-store-thread.ts", "objects"),
    backend.kinesis ?? serve(serveKinesis(makeKinesisApi(streams, faults, streamArn))),
    serve(serveSqs(makeSqsApi(queues, (queueName): string => `${sqsUrl}/${accountId}/${queueName}`))),
    serve(serveSecrets(secrets)),
    serve(serveMailbox({ folder: path.join(dataDir, "mailbox"), clock: clock.shared, onSent })),
  ]);
  cleanup.add(() => streams.close());
  cleanup.add(() => queues.close());

  const s3Url = backend.s3 ?? objectStoreUrl;
  const dynamodb = new DynamoDBClient({ region, credentials, endpoint: dynamodbUrl });
  // HTTP/1.1, as the other clients speak it: kinesis-local breaks off its errors over HTTP/2.
  const { requestHandler } = dynamodb.config;
  const kinesis = new KinesisClient({ region, credentials, endpoint: kinesisUrl, requestHandler });
  const s3 = new S3Client({ region, credentials, endpoint: s3Url, forcePathStyle: true });
  cleanup.add(() => {
    for (const client of [dynamodb, kinesis, s3]) client.destroy();
  });

  return {
    endpoints: { dynamodb: dynamodbUrl, kinesis: kinesisUrl, s3: s3Url, sqs: sqsUrl, secretsManager, ses },
    dynamodb,
    s3,
    queues,
    onMailSent: (listener) => void mailListeners.push(listener),
    readStream: (plan) => (backend.kinesis === undefined ? streams.open(plan) : new RemoteStream(kinesis, plan.name)),
    async createResources(deployment) {
      for (const secret of deployment.secrets) secrets.provide(secret);
      queues.open(deployment.queues);
      const creating = [createTables(dynamodb, deployment.tables), createBuckets(s3, deployment.buckets)];
      if (backend.kinesis === undefined) for (const stream of deployment.streams) streams.open(stream);
      else creating.push(createStreams(kinesis, deployment.streams));
      await Promise.all(creating);
    },
  };
}
