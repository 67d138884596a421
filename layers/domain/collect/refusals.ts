/** Why a call is refused: every reason code that collection can answer, with what it tells the sender. The code is what
 *  operators count and what a client may act on; it never changes. */
export const REFUSALS = {
  // The call's shape.
  not_an_object: "A call is a JSON object.",
  type_unknown: "The type of a call is one of track, identify, page, screen, group, alias.",
  event_missing: "A track call needs the name of its event, as text that is not empty.",
  group_missing: "A group call needs its groupId.",
  bad_type: "A field of the call has a type that the specification does not allow there.",
  // Limits (model.md §1).
  event_too_large: "One event is at most 32 KB of JSON.",
  too_deep: "An event is at most 32 levels deep.",
  forbidden_key: "The keys __proto__, constructor and prototype are not accepted at any level.",
  ill_formed_unicode: "A text holds half of a surrogate pair, which no storage can keep unchanged.",
  number_out_of_range: "A number is too large to be represented.",
  // Identity (model.md §2).
  no_identity: "No usable identifier: all were missing, or placeholders such as null or 0.",
  identifier_not_text: "An identifier is a text or a whole number of at most 2^53 - 1.",
  identifier_too_long: "An identifier is at most 512 bytes of UTF-8.",
  // Time, message, order, consent.
  timestamp_invalid: "The time is not an ISO 8601 instant from 1970 on.",
  message_id_invalid: "A messageId is a text of at most 255 bytes.",
  order_id_invalid: "An order_id is a text of at most 255 bytes or a whole number.",
  consent_invalid: "Consent Updated needs purpose and channel as texts and granted as true or false.",
  // Sensors calls without a meaning here (model.md §2).
  sensors_item_unsupported: "item_set and item_delete describe things, not people.",
  sensors_profile_delete_unsupported: "People are erased through the privacy requests of the administration API.",
  sensors_unbind_unsupported: "Identifiers are taken apart through the administration API.",
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** Thrown while a call is read, caught by collectCall alone: no caller of collection ever sees it. */
export class CallRefusedError extends Error {
  override readonly name = "CallRefusedError";
  readonly retriable = false;
  readonly code: RefusalCode;
  /** `detail` names the field, never its value: values are personal data. */
  constructor(code: RefusalCode, detail?: string) {
    super(detail === undefined ? REFUSALS[code] : `${REFUSALS[code]} (${detail})`);
    this.code = code;
  }
}
