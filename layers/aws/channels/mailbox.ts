import * as z from "zod";

/** What an SMTP path holds at most (RFC 5321, 4.5.3.1.3), less its brackets. */
const MAX_CHARS = 254;
/** One mailbox in plain ASCII: nothing that a header, an SMTP command or nodemailer's address parser reads as more than
 *  one address. */
const MAILBOX = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$/;

/** Whether an address is one mailbox that can be written to. */
export function isMailbox(address: string): boolean {
  return address.length <= MAX_CHARS && MAILBOX.test(address);
}

/** An address as an option of a channel. */
export const Mailbox = z.string().refine(isMailbox, "one e-mail address");
