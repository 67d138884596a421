import { Duration } from "aws-cdk-lib";
import { BlockPublicAccess, BucketEncryption, ObjectOwnership, Bucket as S3Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { DeploymentContext } from "../deployment-context.ts";
import { fixLogicalId } from "./fixed-logical-id.ts";
import type { FunctionGrants } from "./function-grants.ts";

/** Compiled definitions, by hash; never expire, since a profile names the version that evaluated it. */
const definitions = "definitions/";
/** Events that can never succeed, with a reason, until someone replays them. */
const failed = "failed/";
/** Batches that Lambda gave up on. Lambda itself chose this prefix. */
const givenUp = "aws/lambda/";
/** What the slices of a re-tiering run have counted, until the run adds it up. */
const work = "work/";
/** Files that an administrator uploads, and beside each what was wrong with its lines. */
const imports = "imports/";

/** Time enough to notice the alarm, fix the cause and replay. The objects hold personal data, so they do not stay for ever. */
const failureRetention = Duration.days(90);
/** As long as anybody asks how a run or an import went. Imported files hold personal data too. */
const workRetention = Duration.days(30);

/** The bucket: compiled definitions, failed events, batches that Lambda gave up on, work in progress, imports. */
export class Bucket extends Construct {
  readonly bucketName: string;
  readonly bucketArn: string;

  constructor(scope: Construct, id: string, { removal }: Pick<DeploymentContext, "removal">) {
    super(scope, id);
    const bucket = new S3Bucket(this, "Resource", {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      // Every object has its own name and is never overwritten; a version would only outlive an erasure.
      versioned: false,
      lifecycleRules: [
        { id: "failed-events", prefix: failed, expiration: failureRetention },
        { id: "given-up-batches", prefix: givenUp, expiration: failureRetention },
        { id: "work-in-progress", prefix: work, expiration: workRetention },
        { id: "imports", prefix: imports, expiration: workRetention },
        { id: "unfinished-uploads", abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy: removal,
    });
    fixLogicalId(bucket, "Bucket");
    this.bucketName = bucket.bucketName;
    this.bucketArn = bucket.bucketArn;
  }

  grantReadDefinitions(grants: FunctionGrants): void {
    grants.allow(["s3:GetObject"], [this.#objects(definitions)]);
  }

  grantWriteDefinitions(grants: FunctionGrants): void {
    grants.allow(["s3:PutObject"], [this.#objects(definitions)]);
  }

  grantWriteFailedEvents(grants: FunctionGrants): void {
    grants.allow(["s3:PutObject"], [this.#objects(failed)]);
  }

  /** Lists failed events, reads them and removes those that were replayed. */
  grantReplayFailedEvents(grants: FunctionGrants): void {
    this.#grantList(grants, failed);
    grants.allow(["s3:DeleteObject", "s3:GetObject"], [this.#objects(failed)]);
  }

  /** What Lambda needs of a function's role to leave a batch that it gave up on (Lambda guide, S3 destinations). */
  grantReceiveGivenUpBatches(grants: FunctionGrants): void {
    grants.allow(["s3:ListBucket"], [this.bucketArn]);
    grants.allow(["s3:PutObject"], [this.#objects(givenUp)]);
  }

  /** Lists the batches that Lambda gave up on, reads them and removes those that were handled. */
  grantHandleGivenUpBatches(grants: FunctionGrants): void {
    this.#grantList(grants, givenUp);
    grants.allow(["s3:DeleteObject", "s3:GetObject"], [this.#objects(givenUp)]);
  }

  /** Keeps what slices have counted, and reads it again. */
  grantWorkInProgress(grants: FunctionGrants): void {
    grants.allow(["s3:GetObject", "s3:PutObject"], [this.#objects(work)]);
  }

  /**
   * Signs uploads and reads what was wrong with their lines. Whoever holds a signed URL acts with the role of the function
   * that signed it, so the function needs the right although it never uploads itself.
   */
  grantOfferImports(grants: FunctionGrants): void {
    grants.allow(["s3:GetObject", "s3:PutObject"], [this.#objects(imports)]);
  }

  /** Reads uploaded files, and keeps beside each what was wrong with its lines. */
  grantWorkImports(grants: FunctionGrants): void {
    grants.allow(["s3:GetObject", "s3:PutObject"], [this.#objects(imports)]);
  }

  #grantList(grants: FunctionGrants, prefix: string): void {
    grants.allow(["s3:ListBucket"], [this.bucketArn], { StringLike: { "s3:prefix": `${prefix}*` } });
  }

  #objects(prefix: string): string {
    return `${this.bucketArn}/${prefix}*`;
  }
}
