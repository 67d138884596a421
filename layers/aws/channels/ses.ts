import { SESv2Client, type SESv2ClientConfig, SendEmailCommand } from "@aws-sdk/client-sesv2";
import * as z from "zod";
import type { Channel, SendResult } from "#domain/ports/channel.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { composeMail } from "./compose-mail.ts";
import { Mailbox } from "./mailbox.ts";
import { readOptions } from "./read-options.ts";
import { resultOfSdkError } from "./sdk-result.ts";

const Options = z.strictObject({
  /** A verified address, or one of a verified domain. */
  from: Mailbox,
  fromName: z.string().max(100).optional(),
  replyTo: Mailbox.optional(),
  /** Where SES publishes deliveries, bounces and complaints to. */
  configurationSet: z.string().optional(),
  region: z.string().optional(),
  /** ARNs of SNS topics whose notifications of outcomes are believed, apart by spaces or commas. */
  snsTopics: z.string().optional(),
});

/** Where an account's daily quota is spent or sending is paused, asking again soon is no use. */
const QUOTA_MS = 15 * 60_000;

/** https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors */
const ANSWERS: Readonly<Record<string, SendResult>> = {
  MessageRejected: { kind: "failed", code: "message_rejected" },
  BadRequestException: { kind: "failed", code: "bad_request" },
  ValidationError: { kind: "failed", code: "bad_request" },
  TooManyRequestsException: { kind: "retry", afterMs: 0, code: "throttled" },
  LimitExceededException: { kind: "retry", afterMs: QUOTA_MS, code: "quota_spent" },
  SendingPausedException: { kind: "retry", afterMs: QUOTA_MS, code: "sending_paused" },
  AccountSuspendedException: { kind: "retry", afterMs: QUOTA_MS, code: "account_suspended" },
  MailFromDomainNotVerifiedException: { kind: "retry", afterMs: QUOTA_MS, code: "sender_not_verified" },
  NotFoundException: { kind: "retry", afterMs: QUOTA_MS, code: "configuration_unknown" },
};

/** E-mail over Amazon SES v2. SES has no idempotency key: a lost answer is `unknown`, and the SDK must not try again by
 *  itself. `endpoint` and credentials come from the SDK's own reading of the environment. */
export function makeSesChannel(definition: ChannelDefinition, client: SESv2ClientConfig = {}): Channel {
  const { configurationSet, region, snsTopics: _read, ...sender } = readOptions(definition, Options);
  const ses = new SESv2Client({ ...client, ...(region !== undefined && { region }), maxAttempts: 1 });
  return {
    name: definition.name,
    adapter: "ses",
    idempotent: false,
    async send(message, { touchId, timeoutMs }) {
      const mail = await composeMail(message, { touchId, sender });
      if ("code" in mail) return { kind: "failed", code: mail.code };
      const command = new SendEmailCommand({
        FromEmailAddress: sender.from,
        Destination: { ToAddresses: [mail.to] },
        Content: { Raw: { Data: mail.raw } },
        EmailTags: [
          { Name: "touchId", Value: touchId },
          { Name: "journey", Value: message.journey },
          { Name: "category", Value: message.category },
        ],
        ...(configurationSet !== undefined && { ConfigurationSetName: configurationSet }),
      });
      try {
        const { MessageId } = await ses.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
        return MessageId ? { kind: "sent", providerId: MessageId } : { kind: "unknown", code: "answer_unreadable" };
      } catch (error) {
        return resultOfSdkError(error, ANSWERS);
      }
    },
  };
}
