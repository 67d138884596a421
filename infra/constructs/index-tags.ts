import { Duration } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { DataResources } from "../stacks/data-stack.ts";
import { StrataFunction } from "./strata-function.ts";
import { StreamConsumer } from "./stream-consumer.ts";

interface IndexTagsProps {
  readonly resources: DataResources;
}

/** FactStream → the Tags table: who is in each tag. */
export class IndexTags extends Construct {
  constructor(scope: Construct, id: string, { resources }: IndexTagsProps) {
    super(scope, id);
    const { tables, bucket, streams } = resources;
    const index = new StrataFunction(this, "Index", {
      entry: "functions/index/handler.ts",
      description: "Strata index: facts into the tag table.",
      memoryMb: 512,
      // A batch is a few hundred small writes; the rest is room to wait out DynamoDB's throttling.
      timeout: Duration.minutes(1),
      environment: {
        STRATA_TABLE_TAGS: tables.name("Tags"),
        STRATA_TABLE_PROFILES: tables.name("Profiles"),
        STRATA_FACT_STREAM: streams.facts.streamName,
        STRATA_BUCKET: bucket.bucketName,
      },
    });
    tables.grant(index, "Tags", "PutItem");
    tables.grant(index, "Profiles", "BatchGetItem");
    bucket.grantWriteFailedEvents(index);
    new StreamConsumer(this, "Facts", {
      consumer: index,
      stream: streams.facts,
      resources,
      // Facts are fewer than events, and each is one small write.
      parallelizationFactor: 2,
    });
  }
}
