import { Duration } from "aws-cdk-lib";
import { Stream, StreamEncryption, StreamMode } from "aws-cdk-lib/aws-kinesis";
import { Construct } from "constructs";
import type { DeploymentContext } from "../deployment-context.ts";
import { fixLogicalId } from "./fixed-logical-id.ts";
import type { FunctionGrants } from "./function-grants.ts";

type StreamContext = Pick<DeploymentContext, "removal" | "retentionHours" | "shards">;

/**
 * EventStream (collect → fold) and FactStream (fold → index). Provisioned, because an idle on-demand stream costs
 * 28.80 USD a month and a provisioned shard 10.95 (us-east-1); raise the shards with `-c shards=N`.
 */
export class Streams extends Construct {
  readonly events: Stream;
  readonly facts: Stream;

  constructor(scope: Construct, id: string, context: StreamContext) {
    super(scope, id);
    this.events = this.#createStream("EventStream", context);
    this.facts = this.#createStream("FactStream", context);
  }

  grantPut(grants: FunctionGrants, stream: Stream): void {
    grants.allow(["kinesis:PutRecords"], [stream.streamArn]);
  }

  /** What a Lambda event source mapping needs of its function's role (AWSLambdaKinesisExecutionRole, this stream only). */
  grantConsume(grants: FunctionGrants, stream: Stream): void {
    grants.allow(
      [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ],
      [stream.streamArn],
    );
  }

  #createStream(id: string, { removal, retentionHours, shards }: StreamContext): Stream {
    const stream = new Stream(this, id, {
      streamMode: StreamMode.PROVISIONED,
      shardCount: shards,
      // A week by default: an outage of that length loses nothing. Its price: infra/decisions/0004-idle-month.md.
      retentionPeriod: Duration.hours(retentionHours),
      encryption: StreamEncryption.MANAGED,
      removalPolicy: removal,
    });
    fixLogicalId(stream, id);
    return stream;
  }
}
