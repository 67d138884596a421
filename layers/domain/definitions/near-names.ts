const MAX_NAMES = 5;

/** The names that somebody who wrote `text` may have meant, the nearest first: those that a few letters less, more or other
 *  make of it. Pure. */
export function nearNames(text: string, names: readonly string[]): string[] {
  const asked = text.slice(0, 200).toLowerCase();
  return names
    .map((name) => ({ name, far: editsBetween(asked, name.toLowerCase()) }))
    .filter(({ far }) => far <= Math.max(1, asked.length / 3))
    .toSorted((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_NAMES)
    .map(({ name }) => name);
}

/** How many letters must be put in, taken out or replaced to make one text of the other (Levenshtein). */
export function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
