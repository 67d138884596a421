/** What was read from a shard and is not through yet. Lanes finish out of order; a checkpoint must not. */
export class Progress {
  #passed: string | undefined;
  readonly #outstanding: string[] = [];
  readonly #finished = new Set<string>();

  constructor(passed: string | undefined) {
    this.#passed = passed;
  }

  /** Everything up to this one, inclusive, is through. */
  get passed(): string | undefined {
    return this.#passed;
  }

  /** Records that were read and are not through. */
  get unfinished(): number {
    return this.#outstanding.length - this.#finished.size;
  }

  begin(sequenceNumbers: readonly string[]): void {
    this.#outstanding.push(...sequenceNumbers);
  }

  /** @returns whether `passed` moved */
  finish(sequenceNumbers: readonly string[]): boolean {
    for (const sequenceNumber of sequenceNumbers) this.#finished.add(sequenceNumber);
    let through = 0;
    while (this.#finished.delete(this.#outstanding[through] ?? "")) {
      this.#passed = this.#outstanding[through];
      through += 1;
    }
    this.#outstanding.splice(0, through);
    return through > 0;
  }
}
