/** Why a whole request is answered with an error: code → status and what it tells the sender. SDKs send 429 and 5xx
 *  again and drop every other 4xx (api.md), so only what a retry can cure has one of those. */
export const REJECTIONS = {
  payload_too_large: [400, "A body is at most 500 KB and 2,500 events, also after decompression."],
  compressed_body_mangled: [
    415,
    "The gateway destroyed this compressed body: an HTTP API reads a body labelled text or JSON as text. Deploy with `-c edge=rest`, or send gzip with another Content-Type, such as application/octet-stream.",
  ],
  gzip_invalid: [400, "The body begins as gzip but cannot be decompressed."],
  invalid_utf8: [400, "The body is not valid UTF-8."],
  body_empty: [400, "The body is empty."],
  body_unreadable: [400, "The body is neither JSON, nor a form with data or data_list, nor base64 of JSON."],
  batch_missing: [400, "A batch is an object with a list named batch."],
  write_key_missing: [
    401,
    "No write key: send it as Basic user name, writeKey in the body, X-Write-Key, or a query parameter writeKey, token or project.",
  ],
  write_key_unknown: [401, "The write key is unknown or was revoked."],
  import_not_allowed: [403, "Imports need the key of a source that is not public."],
  not_found: [404, "No such route."],
  method_not_allowed: [405, "The route does not take this method."],
  rate_limited: [429, "The source sends more than its rate."],
  stream_throttled: [429, "The event stream is over its rate; nothing of this request may be taken for stored."],
  stream_unavailable: [503, "The event stream does not answer; nothing of this request may be taken for stored."],
  failed_events_unavailable: [
    503,
    "Refused events could not be kept; nothing of this request may be taken for stored.",
  ],
  definitions_unavailable: [503, "The definitions cannot be read."],
} as const satisfies Record<string, readonly [number, string]>;

export type RejectionCode = keyof typeof REJECTIONS;

/** A request that is answered with an error as a whole. */
export class RequestRejectedError extends Error {
  override readonly name = "RequestRejectedError";
  readonly code: RejectionCode;
  readonly status: number;
  readonly retriable: boolean;
  readonly retryAfterSeconds: number | undefined;
  constructor(code: RejectionCode, options: ErrorOptions & { readonly retryAfterSeconds?: number } = {}) {
    const [status, message] = REJECTIONS[code];
    super(message, options);
    this.code = code;
    this.status = status;
    this.retriable = status === 429 || status >= 500;
    this.retryAfterSeconds = options.retryAfterSeconds ?? (this.retriable ? 1 : undefined);
  }
}
