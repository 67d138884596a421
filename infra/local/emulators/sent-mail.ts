/** A mail that the mailbox took. */
export interface SentMail {
  readonly messageId: string;
  readonly from: string;
  /** To, cc and bcc, as the sender wrote them. */
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** Epoch milliseconds on the steered clock. */
  readonly sentAt: number;
}
