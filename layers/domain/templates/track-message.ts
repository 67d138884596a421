import type { Message } from "#events/message.ts";
import { escapeHtml } from "./escape-html.ts";
import type { MessageLink } from "./rendering.ts";

/** A rendered message with each of its links replaced by what `track` makes of its URL, and for e-mail the pixel that
 *  tells that it was opened. Pure. */
export function trackMessage(
  message: Message,
  links: readonly MessageLink[],
  { track, openPixel }: { readonly track: (url: string) => string; readonly openPixel?: string },
): Message {
  const byField = Map.groupBy(links, ({ field }) => field);
  const fields: Record<string, unknown> = { ...message };
  for (const [field, found] of byField) {
    const text = fields[field];
    if (typeof text === "string") fields[field] = replaceLinks(text, found, track);
  }
  const tracked = fields as Message;
  if (tracked.channel !== "email" || openPixel === undefined) return tracked;
  return { ...tracked, html: addPixel(tracked.html, openPixel) };
}

function replaceLinks(text: string, links: readonly MessageLink[], track: (url: string) => string): string {
  let replaced = "";
  let done = 0;
  for (const { field, from, to, url } of links.toSorted((a, b) => a.from - b.from)) {
    const target = track(url);
    replaced += text.slice(done, from) + (field === "html" ? `href="${escapeHtml(target)}"` : target);
    done = to;
  }
  return replaced + text.slice(done);
}

function addPixel(html: string, url: string): string {
  const pixel = `<img src="${escapeHtml(url)}" width="1" height="1" alt="" style="display:block;border:0">`;
  const end = [...html.matchAll(/<\/body\s*>/gi)].at(-1)?.index ?? html.length;
  return html.slice(0, end) + pixel + html.slice(end);
}
