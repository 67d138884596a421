import { Duration } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { DataResources } from "../stacks/data-stack.ts";
import type { ChannelQueues } from "./channel-queues.ts";
import { StrataFunction } from "./strata-function.ts";
import { StreamConsumer } from "./stream-consumer.ts";
import { grantWalkJourneys, walkJourneysSettings } from "./walk-journeys.ts";

interface DecideProps {
  readonly resources: DataResources;
  readonly channels: ChannelQueues;
}

/** FactStream → journeys: who enters, who walks on, and which touches are to be sent. */
export class Decide extends Construct {
  constructor(scope: Construct, id: string, { resources, channels }: DecideProps) {
    super(scope, id);
    const decide = new StrataFunction(this, "Decide", {
      entry: "functions/decide/handler.ts",
      description: "Strata decide: facts into journeys.",
      memoryMb: 1024,
      // A batch is a few reads and writes a person; the rest is room to wait out DynamoDB's throttling.
      timeout: Duration.minutes(2),
      environment: {
        ...walkJourneysSettings(resources, channels),
        STRATA_TABLE_METRICS: resources.tables.name("Metrics"),
      },
    });
    grantWalkJourneys(decide, resources, channels);
    // Who was not let in, and why.
    resources.tables.grant(decide, "Metrics", "UpdateItem");
    new StreamConsumer(this, "Facts", {
      consumer: decide,
      stream: resources.streams.facts,
      resources,
      parallelizationFactor: 4,
    });
  }
}
