import { measureSms } from "./sms-segments.ts";

/** As how many messages a text travels to a number (E.164): the networks of China send everything as UCS-2. */
export function segmentsTo(to: string, text: string): number {
  return measureSms(text, to.startsWith("+86") ? "ucs-2" : undefined).segments;
}
