import { type Context, filters, Liquid, RenderTag, type Tag, type TagToken } from "liquidjs";
import { escapeHtml } from "./escape-html.ts";

/** How values are escaped: for HTML, within a text of JSON, or not at all. */
export type Escaping = "html" | "json" | "text";

/** What Liquid may count up to: characters that filters make, elements of ranges. Far more than any message needs, far
 *  less than hurts. The real bound on time and memory is the thread that renders. */
const MEMORY_LIMIT = 4_000_000;
const PARTIAL_NAME = /^\s*(?:"([a-z][a-z0-9-]{0,63})"|'([a-z][a-z0-9-]{0,63})')/;

/** A value that cannot be written as text. */
export class NotTextError extends Error {
  override readonly name = "NotTextError";
}

export interface EngineOptions {
  readonly escaping: Escaping;
  /** Liquid source by name. */
  readonly partials: Readonly<Record<string, string>>;
  readonly timeZone: string;
  /** What `"now"` means, milliseconds since 1970. */
  readonly now: number;
  /** Is told of every partial that a template names, as it is parsed. */
  readonly onPartial?: (name: string) => void;
}

/** Liquid as templates have it: a missing value fails unless it has a default, values are escaped for their channel
 *  unless `raw`, partials are named by a literal, nothing is read from files and no prototype is reached. */
export function makeEngine({ escaping, partials, timeZone, now, onPartial }: EngineOptions): Liquid {
  const engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    memoryLimit: MEMORY_LIMIT,
    timezoneOffset: timeZone,
    outputEscape: escapers[escaping],
    templates: partials,
  });
  for (const name of ["include", "layout", "block"]) delete engine.tags[name];
  engine.registerTag("render", partialTag(onPartial));
  registerFilters(engine, escaping, now);
  return engine;
}

const escapers = { html: (value: unknown) => escapeHtml(toText(value)), json: toJsonText, text: toText };

function toText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(toText).join(", ");
  if (typeof value === "object" && !(Symbol.toPrimitive in value) && !isDrop(value)) {
    throw new NotTextError("it is no text but has parts of its own: name one of them, or use `| json`");
  }
  return String(value as string | number | boolean);
}

/** Liquid's own objects, `forloop` and `empty` for instance, say what they are as text. */
function isDrop(value: object): boolean {
  return "valueOf" in value && typeof value.valueOf() !== "object";
}

/** What stands between quotes in JSON; numbers and lists as they are. */
function toJsonText(value: unknown): string {
  if (typeof value === "object" && value !== null) return writeJson(value);
  return writeJson(toText(value)).slice(1, -1);
}

/** JSON keeps half a surrogate pair as an escape, and receivers that read strictly refuse it. */
function writeJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "string" ? part.toWellFormed() : part));
}

/** Partials are named by a literal: which ones a template needs is known when it is written. */
function partialTag(onPartial: EngineOptions["onPartial"]) {
  return class PartialTag extends RenderTag {
    constructor(...given: ConstructorParameters<typeof RenderTag>) {
      const [token] = given;
      const [, double, single] = PARTIAL_NAME.exec(argumentsOf(token)) ?? [];
      const name = double ?? single;
      if (name === undefined) throw new Error('a partial is named by a literal: {% render "footer" %}');
      super(...given);
      onPartial?.(name);
    }
  } as unknown as new (
    ...given: ConstructorParameters<typeof RenderTag>
  ) => Tag;
}

function argumentsOf({ args }: TagToken): string {
  return args;
}

function registerFilters(engine: Liquid, escaping: Escaping, now: number): void {
  const date = filters.date as (this: unknown, value: unknown, ...rest: unknown[]) => unknown;
  engine.registerFilter("date", function (this: { context: Context }, value: unknown, ...rest: unknown[]) {
    return date.call(this, value === "now" || value === "today" ? new Date(now) : value, ...rest);
  });
  const json = (value: unknown) => writeJson(value ?? null);
  engine.registerFilter("json", escaping === "json" ? { raw: true, handler: json } : json);
  if (escaping !== "html") return;
  // They escape themselves: escaping their result once more would show the entities.
  const escaped = { raw: true, handler: (value: unknown) => escapeHtml(toText(value)) };
  for (const name of ["escape", "xml_escape"]) engine.registerFilter(name, escaped);
  engine.registerFilter("newline_to_br", {
    raw: true,
    handler: (value: unknown) => escapeHtml(toText(value)).replaceAll(/\r?\n/g, "<br />\n"),
  });
}
