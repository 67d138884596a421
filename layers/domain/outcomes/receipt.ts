import type { OutcomeName } from "#domain/touches/outcome-event.ts";

/** What a provider tells of one message, in our words. */
export interface Receipt {
  /** Which touch: the tag that we gave the message, else what the provider calls it. */
  readonly touch: { readonly touchId?: string; readonly provider: string; readonly providerId: string };
  readonly name: Extract<OutcomeName, "Delivered" | "Bounced" | "Complained">;
  /** When it happened: milliseconds since 1970. */
  readonly at: number;
  /** Why the address is not written to any more: at all, or with marketing (`unsubscribed`). Absent: it still is. */
  readonly suppress?: "hard_bounce" | "complaint" | "unsubscribed";
  /** Tells apart what may happen to a message more than once. */
  readonly occurrence?: string;
  /** Codes only, never an address or a provider's own text. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** What somebody answered to an SMS. */
export interface Reply {
  /** The provider's own id of it: the same reply may come twice. */
  readonly id: string;
  /** As the provider writes it: with or without the country's code. */
  readonly phone: string;
  readonly text: string;
}

/** A receipt that is not what it says, or not from whom it says: answered 403, and nothing changes. */
export class ReceiptRefusedError extends Error {
  override readonly name = "ReceiptRefusedError";
  readonly code: string;
  constructor(code: string, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}
