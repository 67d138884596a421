/** Text from elsewhere, safe to show: control characters could move the cursor, or worse, and direction marks could
 *  reorder what is read. */
export function printable(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.replaceAll(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "�");
}

/** An amount in minor units: `573721.30 GBP` as `£573,721.30`. */
export function spellAmount({ amount, currency }: { amount: number; currency: string }): string {
  try {
    const format = new Intl.NumberFormat("en-GB", { style: "currency", currency });
    return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  } catch {
    return `${amount} ${printable(currency)}`;
  }
}

/** `2011-12-01`, or a dash for what never was. */
export function spellDay(instant: string | null): string {
  return instant === null ? "–" : instant.slice(0, 10);
}

/** `2011-12-01 08:26 UTC` */
export function spellInstant(instant: string): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** `18532` as `18,532`. */
export function groupDigits(value: number): string {
  return value.toLocaleString("en-GB");
}

/** `1 order`, `1,165 orders` */
export function countOf(count: number, noun: string): string {
  return `${groupDigits(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `75` as `1 min 15 s`. */
export function spellSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** How many columns a text takes: Chinese, Japanese and Korean characters take two. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text)
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(char)
      ? 2
      : 1;
  return width;
}

export function padText(text: string, width: number): string {
  return text + " ".repeat(Math.max(width - textWidth(text), 0));
}

/** Words joined into lines of at most `columns`. */
export function joinToWidth(words: readonly string[], separator: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    const longer = line === undefined ? undefined : `${line}${separator}${word}`;
    if (longer === undefined || textWidth(longer) > columns) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
