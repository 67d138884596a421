import { AccessDeniedException, ConflictException, ValidationException } from "@aws-sdk/client-pinpoint-sms-voice-v2";
import type { SendResult } from "#domain/ports/channel.ts";
import { resultOfSdkError } from "./sdk-result.ts";

const QUOTA_MS = 15 * 60_000;
const failed = (code: string): SendResult => ({ kind: "failed", code });
const later = (code: string) => ({ kind: "retry" as const, afterMs: QUOTA_MS, code });

/** https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html#API_SendTextMessage_Errors */
const ANSWERS: Readonly<Record<string, SendResult>> = {
  ValidationException: failed("bad_request"),
  // The month's spending is used up.
  ServiceQuotaExceededException: later("quota_spent"),
  ResourceNotFoundException: later("sender_not_verified"),
  ConflictException: later("channel_conflict"),
  InternalServerException: { kind: "unknown", code: "provider_error" },
};

/** Reasons that say more than their exception: about a number, a text or its country, or about the account and its sender.
 *  Those of SendTextMessage among
 *  https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html#API_SendTextMessage_Errors */
const REASONS: Readonly<Record<string, SendResult>> = {
  // It answered STOP, which AWS itself keeps.
  DESTINATION_PHONE_NUMBER_OPTED_OUT: { kind: "failed", code: "opted_out", suppress: "marketing" },
  DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE: failed("number_blocked"),
  // The account is still in the sandbox.
  DESTINATION_PHONE_NUMBER_NOT_VERIFIED: failed("number_not_verified"),
  DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION: failed("region_not_supported"),
  DESTINATION_COUNTRY_BLOCKED: failed("region_not_supported"),
  COUNTRY_NOT_ENABLED: failed("region_not_supported"),
  INTERNATIONAL_SENDING_NOT_SUPPORTED: failed("region_not_supported"),
  INVALID_IDENTITY_FOR_DESTINATION_COUNTRY: failed("region_not_supported"),
  PRICE_OVER_THRESHOLD: failed("price_over_max"),
  MAXIMUM_SIZE_EXCEEDED: failed("message_too_long"),
  SENDER_ID_NOT_SUPPORTED: failed("region_not_supported"),
  // Of this number's country: other numbers still get theirs.
  SENDER_ID_NOT_REGISTERED: { ...later("sender_not_verified"), healthy: true },
  SENDER_ID_REQUIRES_REGISTRATION: { ...later("sender_not_verified"), healthy: true },
  NO_ORIGINATION_IDENTITIES_FOUND: later("sender_not_verified"),
  RESOURCE_NOT_ACCESSIBLE: later("sender_not_verified"),
  RESOURCE_NOT_ACTIVE: later("sender_not_verified"),
  CHANNEL_NOT_ENABLED: later("sender_not_verified"),
  ACCOUNT_DISABLED: later("account_suspended"),
  INSUFFICIENT_ACCOUNT_REPUTATION: later("account_suspended"),
};

/** What an error of SendTextMessage stands for. */
export function resultOfAwsSmsError(error: unknown): SendResult {
  const reason = hasReason(error) ? (error.Reason ?? "") : "";
  const known = Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
  return known ?? resultOfSdkError(error, ANSWERS);
}

function hasReason(error: unknown): error is { readonly Reason?: string } {
  return [AccessDeniedException, ConflictException, ValidationException].some((kind) => error instanceof kind);
}
