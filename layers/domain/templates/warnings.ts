import type { Message } from "#events/message.ts";
import type { MessageLink, RenderJob, RenderWarning } from "./rendering.ts";

/** Gmail shows this much of a mail's HTML, and hides the rest behind a link. */
const SHOWN_BYTES = 102 * 1024;
/** Characters of one SMS: of the GSM alphabet, and in UCS-2. Longer ones are sent and paid for in parts of 153 or 67. */
const SMS = { gsm: { one: 160, part: 153 }, ucs2: { one: 70, part: 67 } };
const GSM = /^[\n\r !"#$%&'()*+,\-./0-9:;<=>?@A-Z_a-z£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà^{}\\[\]~|€]*$/;

/** What is not wrong, but is worth a look before a message goes out. */
export function warningsOf(message: Message, { category, untracked }: RenderJob): RenderWarning[] {
  if (message.channel === "sms") return warnOfParts(message.text);
  if (message.channel !== "email") return [];
  const warnings: RenderWarning[] = [];
  const bytes = Buffer.byteLength(message.html);
  if (bytes > SHOWN_BYTES) {
    const text = `${Math.ceil(bytes / 1024)} KB of HTML: mailboxes show the first 102 KB`;
    warnings.push({ code: "email_clipped", message: text });
  }
  const offers = untracked.some(
    (url) => message.html.includes(url) || message.html.includes(url.replaceAll("&", "&#38;")),
  );
  if (category === "marketing" && !offers) {
    const text = "the mail shows no way to unsubscribe: {{ links.unsubscribe }} or {{ links.preferences }}";
    warnings.push({ code: "no_unsubscribe_link", message: text });
  }
  return warnings;
}

/** One for each URL that is too long to be tracked. */
export function warnOfLinks(untracked: readonly MessageLink[]): RenderWarning[] {
  return Array.from(new Set(untracked.map(({ url }) => url)), (url) => ({
    code: "link_untracked",
    message: `a link of ${url.length} characters is too long to be tracked: clicks on it are not counted (${url.slice(0, 60)}…)`,
  }));
}

function warnOfParts(text: string): RenderWarning[] {
  const { one, part } = GSM.test(text) ? SMS.gsm : SMS.ucs2;
  if (text.length <= one) return [];
  return [{ code: "sms_parts", message: `${text.length} characters are ${Math.ceil(text.length / part)} messages` }];
}
