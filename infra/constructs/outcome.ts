import { Duration, Stack } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import type { DataResources } from "../stacks/data-stack.ts";
import { DeadLetters } from "./dead-letters.ts";
import type { FrontDoor, Route } from "./front-door.ts";
import type { FunctionGrants } from "./function-grants.ts";
import { StrataFunction, type StrataFunctionProps } from "./strata-function.ts";

const routes: readonly Route[] = [
  // Mail scanners and link checkers ask by HEAD: a gateway takes GET for GET alone.
  { methods: ["GET", "HEAD"], path: "/t/{token}" },
  { methods: ["GET", "HEAD", "POST"], path: "/u/{token}" },
  // An operator may subscribe an SNS topic to it; its messages are checked like any other receipt.
  // WeChat asks by GET whether the URL is ours.
  { methods: ["GET", "POST"], path: "/v1/outcomes/{channel}/{provider}" },
  { methods: ["GET", "OPTIONS"], path: "/v1/inapp" },
];

/** What SES says of a mail, where its configuration set publishes to EventBridge. Opens and clicks are counted by our own links. */
const mailEvents = [
  "Email Bounced",
  "Email Complaint Received",
  "Email Delivered",
  "Email Rejected",
  "Email Rendering Failed",
];

interface OutcomeProps {
  readonly frontDoor: FrontDoor;
  readonly resources: DataResources;
}

/** What became of messages, from providers and from people → EventStream, suppressions and consent. */
export class Outcome extends Construct {
  readonly #props: OutcomeProps;

  constructor(scope: Construct, id: string, props: OutcomeProps) {
    super(scope, id);
    this.#props = props;
    this.#answerRequests();
    this.#hearOfMails();
  }

  #answerRequests(): void {
    const { frontDoor, resources } = this.#props;
    const { tables, linkKey } = resources;
    const http = this.#createFunction("OutcomeHttp", {
      entry: "functions/outcome/http.ts",
      description: "Strata outcome: links in messages, preferences, receipts, messages within the app.",
      // People wait for the page.
      timeout: Duration.seconds(10),
      environment: {
        STRATA_TABLE_IDENTITIES: tables.name("Identities"),
        STRATA_TABLE_RUNS: tables.name("Runs"),
        STRATA_LINK_KEY_SECRET: linkKey.secretArn,
      },
    });
    // Whose inbox it is; inboxes lie beside journeys.
    tables.grant(http, "Identities", "BatchGetItem");
    tables.grant(http, "Runs", "Query");
    // What the page of preferences shows.
    tables.grant(http, "Suppressions", "GetItem");
    linkKey.grantRead(http);
    this.#grantProviderSecrets(http);
    frontDoor.route(http, routes);
  }

  /** Tokens by which receipts are known to come from a provider: they lie with its credentials, as the senders read them. */
  #grantProviderSecrets(grants: FunctionGrants): void {
    const secrets = Stack.of(this).formatArn({
      service: "secretsmanager",
      resource: "secret:strata",
      resourceName: "*",
    });
    grants.allow(["secretsmanager:GetSecretValue"], [secrets]);
  }

  #hearOfMails(): void {
    // EventBridge hands an event to Lambda once and is done with it; SES does not say it again.
    const deadLetters = new DeadLetters(this, "OutcomeDeadLetters");
    const mails = this.#createFunction("Outcome", {
      entry: "functions/outcome/handler.ts",
      description: "Strata outcome: deliveries, bounces and complaints of SES.",
      timeout: Duration.minutes(1),
      environment: {},
      deadLetters,
    });
    new Rule(this, "Mails", {
      description: "Strata outcome: what SES says of mails",
      eventPattern: { source: ["aws.ses"], detailType: mailEvents },
      // What Lambda does not take lies with what the function fails at.
      targets: [new LambdaTarget(mails.lambda, { deadLetterQueue: deadLetters.queue })],
    });
  }

  #createFunction(
    id: string,
    props: Pick<StrataFunctionProps, "entry" | "description" | "timeout" | "environment" | "deadLetters">,
  ): StrataFunction {
    const { tables, streams, bucket } = this.#props.resources;
    const created = new StrataFunction(this, id, {
      ...props,
      memoryMb: 512,
      environment: {
        ...props.environment,
        STRATA_TABLE_DEFINITIONS: tables.name("Definitions"),
        STRATA_TABLE_PROFILES: tables.name("Profiles"),
        STRATA_TABLE_SUPPRESSIONS: tables.name("Suppressions"),
        STRATA_TABLE_TOUCHES: tables.name("Touches"),
        STRATA_EVENT_STREAM: streams.events.streamName,
        STRATA_BUCKET: bucket.bucketName,
      },
    });
    tables.grant(created, "Definitions", "Query");
    bucket.grantReadDefinitions(created);
    tables.grant(created, "Profiles", "BatchGetItem");
    tables.grant(created, "Touches", "GetItem");
    tables.grant(created, "Suppressions", "UpdateItem");
    streams.grantPut(created, streams.events);
    return created;
  }
}
