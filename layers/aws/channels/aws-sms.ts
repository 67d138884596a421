import {
  PinpointSMSVoiceV2Client,
  type PinpointSMSVoiceV2ClientConfig,
  SendTextMessageCommand,
} from "@aws-sdk/client-pinpoint-sms-voice-v2";
import * as z from "zod";
import type { Channel } from "#domain/ports/channel.ts";
import { addOptOutLine } from "#domain/sms/opt-out-line.ts";
import { segmentsTo } from "#domain/sms/segments-to.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { resultOfAwsSmsError } from "./aws-sms-answers.ts";
import { isPhoneNumber } from "./phone-number.ts";
import { readOptions } from "./read-options.ts";

const Options = z.strictObject({
  /** A phone number, sender id or pool: its id or ARN. */
  originationIdentity: z.string().min(1).max(256),
  /** Where AWS publishes what becomes of messages. */
  configurationSet: z.string().max(256).optional(),
  region: z.string().optional(),
  /** US dollars that a part may cost at most. */
  maxPrice: z.string().optional(),
  /** ARNs of SNS topics whose notifications of outcomes and replies are believed, apart by spaces or commas. */
  snsTopics: z.string().optional(),
});

/** The longest text that is taken. */
const MAX_CHARS = 1600;

/** SMS over AWS End User Messaging. It has no idempotency key: a lost answer is `unknown`, and the SDK must not try again
 *  by itself. `Context` brings the touch's id back with every event. Endpoint and credentials come from the SDK's own
 *  reading of the environment. */
export function makeAwsSmsChannel(definition: ChannelDefinition, client: PinpointSMSVoiceV2ClientConfig = {}): Channel {
  const options = readOptions(definition, Options);
  const { originationIdentity, configurationSet, region, maxPrice } = options;
  const sms = new PinpointSMSVoiceV2Client({ ...client, ...(region !== undefined && { region }), maxAttempts: 1 });
  return {
    name: definition.name,
    adapter: "aws",
    idempotent: false,
    async send({ address, message, category }, { touchId, timeoutMs }) {
      if (message.channel !== "sms") return { kind: "failed", code: "message_not_sms" };
      if (!isPhoneNumber(address)) return { kind: "failed", code: "address_invalid" };
      const text = addOptOutLine(message.text, { to: address, category });
      if (text.length > MAX_CHARS) return { kind: "failed", code: "message_too_long" };
      const command = new SendTextMessageCommand({
        DestinationPhoneNumber: address,
        OriginationIdentity: originationIdentity,
        MessageBody: text,
        MessageType: category === "marketing" ? "PROMOTIONAL" : "TRANSACTIONAL",
        Context: { touchId },
        ...(configurationSet !== undefined && { ConfigurationSetName: configurationSet }),
        ...(maxPrice !== undefined && { MaxPrice: maxPrice }),
      });
      try {
        const { MessageId } = await sms.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
        if (!MessageId) return { kind: "unknown", code: "answer_unreadable" };
        return { kind: "sent", providerId: MessageId, segments: segmentsTo(address, text) };
      } catch (error) {
        return resultOfAwsSmsError(error);
      }
    },
  };
}
