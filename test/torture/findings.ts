/** Compares figures with what they have to be, and keeps what differs. */
export class Findings {
  readonly violations: string[] = [];
  comparisons = 0;

  /** Both as JSON: order counts in arrays, and of keys too. */
  compare(what: string, found: unknown, wanted: unknown): void {
    this.comparisons += 1;
    const [is, ought] = [JSON.stringify(found), JSON.stringify(wanted)];
    if (is !== ought) this.add(`${what}: ${shorten(is)} instead of ${shorten(ought)}`);
  }

  add(violation: string): void {
    this.violations.push(violation);
  }
}

function shorten(text: string | undefined): string {
  if (text === undefined) return "nothing";
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}
