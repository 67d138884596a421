/** Something has changed: wakes whoever waits, and the next one to wait if nobody does. */
export class Signal {
  #raised = false;
  #wake: (() => void) | undefined;

  raise(): void {
    this.#raised = true;
    this.#wake?.();
  }

  /** Returns when it is raised, or after `limitMs`. For one waiter. */
  async wait(limitMs?: number): Promise<void> {
    if (!this.#raised) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (limitMs !== undefined) timer = setTimeout(resolve, limitMs);
      });
      clearTimeout(timer);
      this.#wake = undefined;
    }
    this.#raised = false;
  }
}
