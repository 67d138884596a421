import { convert } from "html-to-text";
import { isTrackable } from "#domain/links/trackable-url.ts";
import type { Message } from "#events/message.ts";
import { escapeHtml } from "./escape-html.ts";
import { findHtmlLinks, findTextLinks, isWebPage } from "./find-links.ts";
import { readHeaderText, readPlainText } from "./header-text.ts";
import { renderFields } from "./render-fields.ts";
import type { MessageLink, Rendered, RenderFault, RenderFaultCode, RenderJob } from "./rendering.ts";
import { warningsOf, warnOfLinks } from "./warnings.ts";

/** A field that breaks the rules of its channel. */
class FieldError extends Error {
  override readonly name = "FieldError";
  readonly code: RenderFaultCode;
  readonly field: string;
  constructor(code: RenderFaultCode, field: string, message: string) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

/** Renders a message: its fields by Liquid, then in the shape of its channel, with its links found. Gives every fault
 *  instead where it has any. Throws nothing, but takes as long and as much as its templates ask for: call it where it can
 *  be killed. */
export function renderMessage(job: RenderJob): Rendered {
  const { fields, faults, missing } = renderFields(job);
  if (faults.length > 0) return { ok: false, faults, missing };
  try {
    const message = shapeMessage(job, fields);
    const found = findLinks(message).filter(({ url }) => !job.untracked.includes(url));
    const links = found.filter(({ url }) => isTrackable(url));
    const warnings = [...warningsOf(message, job), ...warnOfLinks(found.filter((link) => !links.includes(link)))];
    return { ok: true, message, links, warnings, missing };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    const fault: RenderFault = { code: error.code, field: error.field, message: error.message };
    return { ok: false, faults: [fault], missing };
  }
}

function shapeMessage(job: RenderJob, fields: Readonly<Record<string, string>>): Message {
  const { channel } = job;
  switch (channel) {
    case "email":
      return shapeEmail(fields);
    case "sms":
      return {
        channel,
        text: block(fields, "body"),
        ...(job.smsTemplateCode !== undefined && { templateCode: job.smsTemplateCode, data: dataOf(fields) }),
      };
    case "log":
      return { channel, text: block(fields, "body") };
    case "push":
    case "inapp":
      return { channel, title: line(fields, "title"), body: block(fields, "body"), ...target(fields) };
    case "webhook":
      return { channel, json: json(fields) };
    case "wechat":
      return {
        channel,
        ...(job.wechatTemplateId !== undefined && { templateId: job.wechatTemplateId }),
        data: dataOf(fields),
        ...target(fields),
      };
    default:
      return channel satisfies never;
  }
}

/** The fields of a provider's own template. */
function dataOf(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([field, text]) =>
      field.startsWith("data.") ? [[field.slice("data.".length), readPlainText(text)] as const] : [],
    ),
  );
}

function shapeEmail(fields: Readonly<Record<string, string>>): Message {
  const subject = line(fields, "subject");
  const body = block(fields, "body");
  const preheader = fields.preheader === undefined ? undefined : line(fields, "preheader", true);
  const text = fields.text === undefined ? textOf(body) : readPlainText(fields.text).trim();
  return { channel: "email", subject, html: preheader ? addPreheader(body, preheader) : body, text, headers: {} };
}

/** One line: what cannot be one is refused. */
function line(fields: Readonly<Record<string, string>>, field: string, mayBeEmpty = false): string {
  const text = readHeaderText(fields[field] ?? "");
  if (text === undefined) throw new FieldError("template_control_characters", field, "a line break within one line");
  if (text === "" && !mayBeEmpty) throw new FieldError("template_empty", field, "nothing is left of it");
  return text;
}

function block(fields: Readonly<Record<string, string>>, field: string): string {
  const text = readPlainText(fields[field] ?? "").trim();
  if (text === "") throw new FieldError("template_empty", field, "nothing is left of it");
  return text;
}

/** Where a tap leads: a web page, or a place within an app (`myshop://cart`). */
function target(fields: Readonly<Record<string, string>>): { url?: string } {
  const url = fields.url === undefined ? "" : line(fields, "url", true);
  if (url === "") return {};
  if (!URL.canParse(url)) throw new FieldError("template_url_invalid", "url", "no URL");
  if (/^(javascript|vbscript|data|file):/i.test(url)) {
    throw new FieldError("template_link_unsafe", "url", "a URL that runs or reads, and leads nowhere");
  }
  return { url };
}

function json(fields: Readonly<Record<string, string>>): string {
  const text = block(fields, "body");
  try {
    JSON.parse(text);
  } catch (error) {
    throw new FieldError("template_json_invalid", "body", error instanceof Error ? error.message.slice(0, 200) : "");
  }
  return text;
}

/** The text part of a mail that has none of its own. */
function textOf(html: string): string {
  return convert(html, {
    wordwrap: false,
    limits: { maxInputLength: html.length, maxDepth: 200, maxChildNodes: 10_000 },
    selectors: [
      // In angle brackets (RFC 3986, appendix C): mail programs take a square one for a part of the URL.
      { selector: "a", options: { hideLinkHrefIfSameAsText: true, ignoreHref: false, linkBrackets: ["<", ">"] } },
      { selector: "img", format: "skip" },
      ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  }).trim();
}

/** Before everything that is shown, and shown by nothing but the list of mails. */
function addPreheader(html: string, preheader: string): string {
  const hidden = `<div style="display:none;max-height:0;overflow:hidden">${escapeHtml(preheader)}</div>`;
  const body = /<body\b[^>]*>/i.exec(html);
  const at = body ? body.index + body[0].length : 0;
  return html.slice(0, at) + hidden + html.slice(at);
}

function findLinks(message: Message): MessageLink[] {
  switch (message.channel) {
    case "email": {
      const { links, unsafe } = findHtmlLinks(message.html);
      const [first] = unsafe;
      if (first !== undefined) throw new FieldError("template_link_unsafe", "body", `a link that runs: ${first}`);
      return [...links, ...findTextLinks(message.text, "text")];
    }
    case "sms":
    case "log":
      return findTextLinks(message.text, "text");
    case "push":
    case "inapp":
    case "wechat": {
      const { url } = message;
      const inText = message.channel === "wechat" ? [] : findTextLinks(message.body, "body");
      const whole: MessageLink[] =
        url !== undefined && isWebPage(url) ? [{ field: "url", from: 0, to: url.length, url }] : [];
      return [...inText, ...whole];
    }
    case "webhook":
      return [];
    default:
      return message satisfies never;
  }
}
