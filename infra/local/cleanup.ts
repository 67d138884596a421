/** What has to be undone, newest first, when the runtime stops or fails to start. */
export class Cleanup {
  readonly #steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Goes on after a step that fails: what comes after it must not be left behind. */
  async run(report: (error: unknown) => void): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        report(error);
      }
    }
  }
}
