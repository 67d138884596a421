import { NotTextError } from "./engine.ts";
import type { RenderFault } from "./rendering.ts";

/** Says what Liquid, or what it called, has thrown while a field was parsed or rendered. */
export function explainError(error: unknown, field: string): RenderFault {
  if (!(error instanceof Error)) return { code: "template_failed", field, message: String(error) };
  const cause = originOf(error);
  const message = (error.message.split("\n", 1)[0] ?? "").slice(0, 500);
  const missing = missingValue(error);
  if (missing !== undefined) return { code: "template_missing_value", field, message, value: missing };
  if (cause instanceof RangeError) return { code: "template_too_deep", field, message };
  if (cause instanceof NotTextError) return { code: "template_not_text", field, message };
  if (/\blimit exceeded/.test(message)) return { code: "template_limit", field, message };
  const [, partial] = /^ENOENT: Failed to lookup "([^"]*)"/.exec(message) ?? [];
  if (partial !== undefined) {
    return { code: "template_partial_unknown", field, message: `there is no partial ${partial}` };
  }
  const isSyntax = ["ParseError", "TokenizationError"].includes(error.name) || /^undefined (filter|tag)/.test(message);
  return { code: isSyntax ? "template_syntax" : "template_failed", field, message };
}

/** `person.traits.firstName` where that was missing. */
export function missingValue(error: unknown): string | undefined {
  const cause = error instanceof Error ? originOf(error) : undefined;
  if (cause?.name !== "InternalUndefinedVariableError") return undefined;
  const { variableName } = cause as Error & { variableName?: unknown };
  return String(variableName);
}

function originOf(error: Error): Error {
  const { originalError } = error as Error & { originalError?: unknown };
  return originalError instanceof Error ? originOf(originalError) : error;
}
