import type { Liquid } from "liquidjs";
import { type Escaping, makeEngine } from "./engine.ts";
import { fieldsOf } from "./escaping.ts";
import { explainError, missingValue } from "./explain-error.ts";
import type { RenderFault, RenderJob } from "./rendering.ts";

/** Bytes of UTF-8 that one field may have. */
const MAX_BYTES = 256 * 1024;
/** Missing values that a lenient rendering goes on without. */
const MAX_MISSING = 50;

/** Renders each field of a message by itself. Throws nothing, but takes as long and as much as the templates ask for:
 *  call it where it can be killed. */
export function renderFields(job: RenderJob): {
  fields: Record<string, string>;
  faults: RenderFault[];
  missing: string[];
} {
  const fields: Record<string, string> = {};
  const faults: RenderFault[] = [];
  const missing = new Set<string>();
  const engines = new Map<Escaping, Liquid>();
  // Its own copy: a lenient rendering fills in what is missing.
  const scope = structuredClone(job.scope) as Record<string, unknown>;
  for (const { field, source, escaping } of fieldsOf(job.channel, job.content)) {
    const engine = engines.get(escaping) ?? makeEngine({ ...job, escaping });
    engines.set(escaping, engine);
    try {
      fields[field] = bound(renderField(engine, source, scope, job.lenient ? missing : undefined));
    } catch (error) {
      faults.push(error instanceof TooLargeError ? tooLarge(field) : explainError(error, field));
    }
  }
  // `coupon.code.short` says that there is no coupon, too.
  const names = [...missing].filter((name) => ![...missing].some((other) => other.startsWith(`${name}.`)));
  return { fields, faults, missing: names };
}

function renderField(
  engine: Liquid,
  source: string,
  scope: Record<string, unknown>,
  missing: Set<string> | undefined,
): string {
  const templates = engine.parse(source);
  for (;;) {
    try {
      // As globals, so that partials see them too.
      return String(engine.renderSync(templates, {}, { globals: scope }));
    } catch (error) {
      const path = missingValue(error);
      if (!missing || path === undefined || missing.has(path) || missing.size >= MAX_MISSING) throw error;
      if (!fillIn(scope, path)) throw error;
      missing.add(path);
    }
  }
}

/** Puts an empty text where a value is missing; false where there is no place for it. */
function fillIn(scope: Record<string, unknown>, path: string): boolean {
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  let at = scope;
  for (const step of steps) {
    const next = Object.hasOwn(at, step) ? at[step] : undefined;
    if (typeof next !== "object" || next === null || Array.isArray(next)) return false;
    at = next as Record<string, unknown>;
  }
  // What has parts may be asked for one of them next.
  Object.defineProperty(at, last, { value: new Blank(), enumerable: true, configurable: true, writable: true });
  return true;
}

/** Reads as nothing, and takes parts. */
class Blank {
  [part: string]: unknown;
  [Symbol.toPrimitive](): string {
    return "";
  }
}

class TooLargeError extends Error {
  override readonly name = "TooLargeError";
}

function bound(text: string): string {
  if (text.length > MAX_BYTES || Buffer.byteLength(text) > MAX_BYTES) throw new TooLargeError();
  return text;
}

function tooLarge(field: string): RenderFault {
  return { code: "template_too_large", field, message: `more than ${MAX_BYTES / 1024} KB` };
}
