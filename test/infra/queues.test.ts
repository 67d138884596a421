import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { synthesise } from "./synthesised.ts";

const { functions: template } = synthesise();
const queues = template.findResources("AWS::SQS::Queue");
const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
const channels = ["Email", "Sms", "Push", "Wechat", "Webhook", "Inapp", "Log"];
const names = ["Due", "Retier", "Import", ...channels];

describe("queues", () => {
  test("are those of the design, each with its dead letters, with ids that no refactoring changes", () => {
    expect(Object.keys(queues).toSorted()).toEqual(
      [...names.flatMap((name) => [`${name}DeadLetters`, `${name}Queue`]), "OutcomeDeadLetters"].toSorted(),
    );
  });

  test.each(Object.keys(queues))("%s is encrypted with keys of SQS and refuses connections without TLS", (id) => {
    expect(queues[id]?.Properties).toMatchObject({ SqsManagedSseEnabled: true });
    template.hasResourceProperties("AWS::SQS::QueuePolicy", {
      Queues: [{ Ref: id }],
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        ]),
      }),
    });
  });

  test.each<[string, string, number]>([
    ["DueQueue", "DueDeadLetters", 30 * MINUTE],
    ["RetierQueue", "RetierDeadLetters", 90 * MINUTE],
    ["ImportQueue", "ImportDeadLetters", 90 * MINUTE],
    ...channels.map((channel): [string, string, number] => [
      `${channel}Queue`,
      `${channel}DeadLetters`,
      6 * MINUTE + 1,
    ]),
  ])(
    "%s gives a message up to %s after five times, and hides it for six of its function's timeouts and the batching window",
    (id, to, hidden) => {
      expect(queues[id]?.Properties).toMatchObject({
        VisibilityTimeout: hidden,
        RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": [to, "Arn"] }, maxReceiveCount: 5 },
      });
    },
  );

  test.each(names)("%s: dead letters outlive the queue's own messages, whose age they keep", (name) => {
    expect(queues[`${name}DeadLetters`]?.Properties.MessageRetentionPeriod).toBe(14 * DAY);
    expect(queues[`${name}Queue`]?.Properties.MessageRetentionPeriod).toBe(4 * DAY);
  });

  test.each(names)("%s has an alarm for work that waits and one for dead letters", (name) => {
    for (const [queue, metric] of [
      [`${name}Queue`, "ApproximateAgeOfOldestMessage"],
      [`${name}DeadLetters`, "ApproximateNumberOfMessagesVisible"],
    ]) {
      template.hasResourceProperties("AWS::CloudWatch::Alarm", {
        MetricName: metric,
        Dimensions: [{ Name: "QueueName", Value: { "Fn::GetAtt": [queue, "QueueName"] } }],
      });
    }
  });

  test("what SES says of mails and Outcome fails at, or is not given, is kept for 14 days, and somebody hears of it", () => {
    const arn = { "Fn::GetAtt": ["OutcomeDeadLetters", "Arn"] };
    expect(queues.OutcomeDeadLetters?.Properties.MessageRetentionPeriod).toBe(14 * DAY);
    const outcome = template.findResources("AWS::Lambda::Function").Outcome;
    expect(outcome?.Properties.DeadLetterConfig).toEqual({ TargetArn: arn });
    template.hasResourceProperties("AWS::Events::Rule", {
      EventPattern: Match.objectLike({ source: ["aws.ses"] }),
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: arn } })],
    });
    template.hasResourceProperties("AWS::CloudWatch::Alarm", {
      MetricName: "ApproximateNumberOfMessagesVisible",
      Dimensions: [{ Name: "QueueName", Value: { "Fn::GetAtt": ["OutcomeDeadLetters", "QueueName"] } }],
    });
  });
});
