import { Parser } from "htmlparser2";
import type { MessageLink } from "./rendering.ts";

const SCHEMES_THAT_RUN = /^(javascript|vbscript|data):/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: browsers leave these out of a scheme
const IGNORED_IN_SCHEMES = /[\u0000-\u0020]/g;

/** The `href` of every `<a>` and `<area>` that leads to a web page: where the attribute stands, and its URL. Mail
 *  addresses, telephone numbers and anchors are none. `unsafe` are URLs that would run as a program. */
export function findHtmlLinks(html: string): { links: MessageLink[]; unsafe: string[] } {
  const links: MessageLink[] = [];
  const unsafe: string[] = [];
  let tag = "";
  const parser = new Parser({
    onopentagname(name) {
      tag = name;
    },
    onattribute(name, value) {
      if (name !== "href" && name !== "action" && name !== "formaction") return;
      const url = value.trim();
      if (SCHEMES_THAT_RUN.test(url.replaceAll(IGNORED_IN_SCHEMES, ""))) unsafe.push(url.slice(0, 100));
      else if (name === "href" && (tag === "a" || tag === "area") && isWebPage(url)) {
        links.push({ field: "html", from: parser.startIndex, to: endOfAttribute(html, parser.endIndex), url });
      }
    },
  });
  parser.end(html);
  return { links, unsafe };
}

/** The parser stands behind the value, before the quote that closes it. */
function endOfAttribute(html: string, end: number): number {
  return html[end] === '"' || html[end] === "'" ? end + 1 : end;
}

/** The URLs in a text, without the punctuation behind them. */
export function findTextLinks(text: string, field: MessageLink["field"]): MessageLink[] {
  return [...text.matchAll(/https?:\/\/[^\s<>"'[\]{}|\\^`\u3000-\u303f\uff00-\uffef]+/gi)].flatMap(
    ({ 0: found, index }) => {
      const url = found.replace(/[.,;:!?)\]}]+$/, "");
      return isWebPage(url) ? [{ field, from: index, to: index + url.length, url }] : [];
    },
  );
}

/** Whether a text is the URL of a web page. */
export function isWebPage(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}
