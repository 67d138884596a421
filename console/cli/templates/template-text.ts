import type { TemplatePreview } from "#events/admin-api/templates.ts";
import type { Message } from "#events/message.ts";
import { printable } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

type Colours = Terminal["outColours"];

/** A rendered message for a reader, a part a line, and what is to be said about it. */
export function renderTemplatePreview(
  { template, channel, locale, locales, message, faults, warnings, links }: TemplatePreview,
  c: Colours,
): string[] {
  const others = locales.filter((one) => one !== locale);
  const also = others.length > 0 ? c.dim(`  (also ${others.join(", ")})`) : "";
  return [
    `${c.bold(printable(template))}  ${channel}  ${locale}${also}`,
    ...(message ? partsOf(message).flatMap(([name, text]) => renderPart(name, text, c)) : []),
    ...links.map((url) => c.dim(`  link  ${printable(url)}`)),
    ...faults.map(({ field, message: why }) => c.red(`✘ ${field === "" ? "" : `${field}: `}${printable(why)}`)),
    ...warnings.map(({ message: why }) => c.yellow(`! ${printable(why)}`)),
  ];
}

function partsOf(message: Message): [name: string, text: string][] {
  const { channel: _, ...parts } = message;
  return Object.entries(parts).flatMap(([name, part]): [string, string][] => {
    if (typeof part === "string") return [[name, part]];
    return Object.entries(part ?? {}).map(([inner, text]): [string, string] => [`${name}.${inner}`, String(text)]);
  });
}

function renderPart(name: string, text: string, c: Colours): string[] {
  const lines = text.split("\n").map(printable);
  if (lines.length === 1) return [`  ${c.dim(name)}  ${lines[0]}`];
  return [`  ${c.dim(name)}`, ...lines.map((line) => `    ${line}`)];
}
