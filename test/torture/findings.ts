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

  /** Of lists in which every entry ought to be once, in whatever order: says which are too many and which are missing. */
  compareLists(what: string, found: readonly string[], wanted: readonly string[]): void {
    const [is, ought] = [new Set(found), new Set(wanted)];
    const twice = found.length - is.size;
    this.compare(
      what,
      { twice, tooMany: [...is.difference(ought)], missing: [...ought.difference(is)] },
      { twice: 0, tooMany: [], missing: [] },
    );
  }

  add(violation: string): void {
    this.violations.push(violation);
  }
}

function shorten(text: string | undefined): string {
  if (text === undefined) return "nothing";
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}
