import { addOptOutLine } from "#domain/sms/opt-out-line.ts";
import { segmentsTo } from "#domain/sms/segments-to.ts";
import type { Category } from "#events/definitions/template.ts";
import type { Message } from "#events/message.ts";
import type { MessageLink, RenderJob, RenderWarning } from "./rendering.ts";

/** Gmail shows this much of a mail's HTML, and hides the rest behind a link. */
const SHOWN_BYTES = 102 * 1024;
/** Where the preview knows no number: how a text is counted depends on its region. */
const REGIONS = [
  { to: "", name: "" },
  { to: "+86", name: "China (+86)" },
  { to: "+1", name: "North America (+1)" },
];

/** What is not wrong, but is worth a look before a message goes out. */
export function warningsOf(message: Message, { category, untracked }: RenderJob): RenderWarning[] {
  if (message.channel === "sms") return warnOfParts(message.text, category);
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

/** As how many messages a text is sent, where it is more than one: everywhere, and where a region's networks or the line that
 *  the sender adds there make it more. */
function warnOfParts(text: string, category: Category): RenderWarning[] {
  const sizes = REGIONS.map(({ to, name }) => ({ name, count: segmentsTo(to, addOptOutLine(text, { to, category })) }));
  const elsewhere = sizes[0]?.count ?? 1;
  const differing = sizes.filter(({ count }) => count !== elsewhere).map(({ count, name }) => `${name} ${count}`);
  if (elsewhere <= 1 && differing.length === 0) return [];
  const also = differing.length > 0 ? `; to numbers of ${differing.join(", of ")}` : "";
  const messages = elsewhere === 1 ? "1 message" : `${elsewhere} messages`;
  return [{ code: "sms_parts", message: `${text.length} characters are ${messages}${also}` }];
}
