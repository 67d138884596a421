import { groupDigits, spellSeconds } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

/** Shows how far a job is: a bar that is redrawn on a terminal, now and then a plain line elsewhere. It leaves the
 *  terminal in its ordinary mode, so that Ctrl-C goes to everybody it should. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #label: string;
  readonly #startedAt: number;
  #shownAt: number;
  static readonly #LIVE_MS = 80;
  static readonly #PLAIN_MS = 5_000;

  constructor(terminal: Terminal, label: string, now: number = performance.now()) {
    this.#terminal = terminal;
    this.#label = label;
    this.#startedAt = now;
    this.#shownAt = terminal.live ? Number.NEGATIVE_INFINITY : now;
  }

  /** @param fraction of the work, 0 to 1. @param done number of events. */
  update(fraction: number, done: number, note = "", now: number = performance.now()): void {
    const { live } = this.#terminal;
    if (now - this.#shownAt < (live ? Progress.#LIVE_MS : Progress.#PLAIN_MS)) return;
    this.#shownAt = now;
    const elapsed = Math.max(now - this.#startedAt, 1) / 1000;
    const rate = done / elapsed;
    const left = fraction > 0 ? (elapsed / fraction) * (1 - fraction) : undefined;
    const parts = [
      `${Math.floor(fraction * 100)} %`,
      ...(done === 0 ? [] : [`${groupDigits(done)} events`, `${groupDigits(Math.round(rate))}/s`]),
      ...(left === undefined ? [] : [`${spellSeconds(left)} left`]),
      ...(note === "" ? [] : [note]),
    ];
    if (!live) {
      this.#terminal.say(`${this.#label}: ${parts.join(", ")}`);
      return;
    }
    const c = this.#terminal.errColours;
    const width = 24;
    const filled = Math.min(Math.round(fraction * width), width);
    const bar = c.cyan("█".repeat(filled)) + c.dim("░".repeat(width - filled));
    const room = this.#terminal.columns - this.#label.length - width - 3;
    this.#terminal.redraw(`${this.#label} ${bar} ${joinFitting(parts, room, c.dim(" · "))}`);
  }

  /** Removes the bar; what comes next says how it ended. Returns the seconds it took. */
  finish(now: number = performance.now()): number {
    if (this.#terminal.live) this.#terminal.redraw("");
    return Math.max(now - this.#startedAt, 1) / 1000;
  }
}

/** As many parts as fit on the line: a bar that wraps can no longer be overwritten. */
function joinFitting(parts: readonly string[], room: number, separator: string): string {
  const shown: string[] = [];
  let length = 0;
  for (const part of parts) {
    length += part.length + 3;
    if (length > room) break;
    shown.push(part);
  }
  return shown.join(separator);
}
