import { Duration, Stack } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { DataResources } from "../stacks/data-stack.ts";
import { type Channel, type ChannelQueues, channels as channelNames, sendTimeout } from "./channel-queues.ts";
import type { FunctionGrants } from "./function-grants.ts";
import { OperationalAlarm } from "./operational-alarm.ts";
import { QueueConsumer } from "./queue-consumer.ts";
import { StrataFunction } from "./strata-function.ts";

interface SendProps {
  readonly resources: DataResources;
  readonly channels: ChannelQueues;
  /** What links in messages begin with. */
  readonly publicUrl: string;
}

/** What one call of SQS takes and gives. */
const batchSize = 10;
/** Batches of one channel at once: 100 touches on their way to its providers, whose rate all of them share. At ten a second,
 *  where a definition says nothing, they have their places within the ten seconds for which a sender holds one; of more a
 *  part would be put back each time. */
const maxConcurrency = 5;

/** Requested touches → providers: one function a channel, all of the same code, so that one that hangs is alone with it. */
export class Send extends Construct {
  readonly #props: SendProps;

  constructor(scope: Construct, id: string, props: SendProps) {
    super(scope, id);
    this.#props = props;
    for (const channel of channelNames) this.#createSender(channel);
    this.#alarm("BreakerOpen", {
      description: 'A provider is left alone: see infra/runbook.md, "A breaker is open".',
      metricName: "BreakerOpen",
      threshold: 1,
    });
    this.#alarm("Failing", {
      description: 'Providers refuse messages: see infra/runbook.md, "Sending fails".',
      metricName: "SendFailures",
      threshold: 25,
    });
  }

  #createSender(channel: Channel): void {
    const { resources, channels, publicUrl } = this.#props;
    const { tables, streams, bucket, linkKey } = resources;
    const queue = channels.queue(channel);
    const sender = new StrataFunction(this, `Send${channel}`, {
      entry: "functions/send/handler.ts",
      description: `Strata send: touches over ${channel.toLowerCase()}.`,
      // Rendering takes a thread of its own.
      memoryMb: 1024,
      timeout: sendTimeout,
      environment: {
        STRATA_CHANNEL: channel.toLowerCase(),
        STRATA_QUEUE_OWN: queue.queue.queueUrl,
        STRATA_TABLE_PROFILES: tables.name("Profiles"),
        STRATA_TABLE_DEFINITIONS: tables.name("Definitions"),
        STRATA_TABLE_TIMERS: tables.name("Timers"),
        STRATA_TABLE_TOUCHES: tables.name("Touches"),
        STRATA_TABLE_CAPS: tables.name("Caps"),
        STRATA_TABLE_SUPPRESSIONS: tables.name("Suppressions"),
        STRATA_TABLE_WORK: tables.name("Work"),
        STRATA_TABLE_RUNS: tables.name("Runs"),
        STRATA_EVENT_STREAM: streams.events.streamName,
        STRATA_BUCKET: bucket.bucketName,
        STRATA_LINK_KEY_SECRET: linkKey.secretArn,
        STRATA_PUBLIC_URL: publicUrl,
      },
    });
    tables.grant(sender, "Profiles", "BatchGetItem");
    tables.grant(sender, "Definitions", "Query");
    bucket.grantReadDefinitions(sender);
    // What the touches of a batch read at the same time they read together.
    tables.grant(sender, "Touches", "GetItem", "BatchGetItem", "PutItem");
    tables.grant(sender, "Timers", "PutItem");
    tables.grant(sender, "Caps", "GetItem", "BatchGetItem", "PutItem");
    tables.grant(sender, "Suppressions", "GetItem", "BatchGetItem", "UpdateItem");
    // A provider's schedule and breaker, which all workers share.
    tables.grant(sender, "Work", "GetItem", "PutItem");
    streams.grantPut(sender, streams.events);
    linkKey.grantRead(sender);
    this.#grantProviderSecrets(sender);
    if (channel === "Email") this.#grantSes(sender);
    if (channel === "Sms") this.#grantSmsVoice(sender);
    // Inboxes lie beside a person's journeys.
    if (channel === "Inapp") tables.grant(sender, "Runs", "PutItem");
    // What its provider cannot take yet is put back for later.
    queue.grantSend(sender);
    new QueueConsumer(this, `${channel}Touches`, { consumer: sender, queue, batchSize, maxConcurrency });
  }

  /** Secrets that definitions of channels name: below `strata/` in this account. Secrets Manager ends each ARN with letters of its own. */
  #grantProviderSecrets(grants: FunctionGrants): void {
    const secrets = Stack.of(this).formatArn({
      service: "secretsmanager",
      resource: "secret:strata",
      resourceName: "*",
    });
    grants.allow(["secretsmanager:GetSecretValue"], [secrets]);
  }

  /** Any identity and configuration set of the account: which of them is said in a definition, and so is the region. */
  #grantSes(grants: FunctionGrants): void {
    const anyOf = (resource: string): string =>
      Stack.of(this).formatArn({ service: "ses", region: "*", resource, resourceName: "*" });
    // SES asks for the second one, too, where the message is a raw one.
    grants.allow(["ses:SendEmail", "ses:SendRawEmail"], [anyOf("identity"), anyOf("configuration-set")]);
  }

  /** Any number, pool or sender id of the account: which of them is said in a definition, and so is the region. */
  #grantSmsVoice(grants: FunctionGrants): void {
    const origins = ["phone-number", "pool", "sender-id"].map((resource) =>
      Stack.of(this).formatArn({ service: "sms-voice", region: "*", resource, resourceName: "*" }),
    );
    grants.allow(["sms-voice:SendTextMessage"], origins);
  }

  #alarm(id: string, props: { description: string; metricName: string; threshold: number }): void {
    new OperationalAlarm(this, id, { ...props, service: "send", statistic: "Sum", period: Duration.minutes(5) });
  }
}
