import * as z from "zod";

/** cac turns values that look like numbers into numbers: a write key `007` would become `7`. A mark in front of every
 *  such argument keeps it text; it is taken off again once cac is done. */
const MARK = "\u0000";

export function markNumbers(argv: readonly string[]): string[] {
  return argv.map((argument) => {
    const assigned = /^(--?[^=]+=)(.+)$/s.exec(argument);
    if (assigned !== null) return `${assigned[1]}${markNumber(assigned[2] ?? "")}`;
    return markNumber(argument);
  });
}

function markNumber(text: string): string {
  return text !== "" && !text.startsWith("-") && Number.isFinite(Number(text)) ? MARK + text : text;
}

/** Takes the marks off a value that cac handed out. */
export function unmark(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmark);
  return typeof value === "string" && value.startsWith(MARK) ? value.slice(MARK.length) : value;
}

/** A whole number typed as text. */
export function wholeNumber(min: number, max: number) {
  const message = `a whole number from ${min} to ${max}`;
  return z
    .string({ error: message })
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

/** A text that is given at most once. */
export const OnceText = z.string({ error: "give it once, with a value" }).min(1, "give it a value");
