import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { type JournalEntry, JournalSegment } from "./journal-segment.ts";

const extension = ".ndjson";

/** The records of one stream on disk: appended before a put is answered, deleted once every consumer has passed them. */
export class Journal {
  readonly #folder: string;
  readonly #segmentBytes: number;
  readonly #segments: JournalSegment[];
  #next = 1;

  /** Entries that were recovered from `folder` are handed over once, in order, by `recover`. */
  constructor(folder: string, segmentBytes = 4 << 20) {
    this.#folder = folder;
    this.#segmentBytes = segmentBytes;
    mkdirSync(folder, { recursive: true });
    this.#segments = readdirSync(folder)
      .filter((name) => name.endsWith(extension))
      .sort()
      .map((name) => new JournalSegment(path.join(folder, name), Number.parseInt(name, 10)));
  }

  /** Reads every segment. Call it once, before the first append. */
  recover(): JournalEntry[] {
    const entries = this.#segments.flatMap((segment) => segment.recover());
    // An empty last segment still says which positions were used before it.
    this.#next = (this.#segments.at(-1)?.last ?? 0) + 1;
    return entries;
  }

  /** The position that the next record gets. */
  get next(): number {
    return this.#next;
  }

  /** Durable against the death of this process when it returns. */
  append(records: readonly Omit<JournalEntry, "position">[]): JournalEntry[] {
    const entries = records.map((record, index) => ({ ...record, position: this.#next + index }));
    this.#segmentFor(this.#next).append(entries);
    this.#next += entries.length;
    return entries;
  }

  /**
   * Deletes whole segments that lie at or before `position` and returns the last position that is gone. The newest
   * segment stays: it carries the numbering over a restart.
   */
  dropThrough(position: number): number {
    let dropped = (this.#segments[0]?.first ?? 1) - 1;
    for (let oldest = this.#segments[0]; oldest && this.#segments.length > 1; oldest = this.#segments[0]) {
      if (oldest.last > position) break;
      dropped = oldest.last;
      oldest.remove();
      this.#segments.shift();
    }
    return dropped;
  }

  close(): void {
    for (const segment of this.#segments) segment.close();
  }

  #segmentFor(position: number): JournalSegment {
    const newest = this.#segments.at(-1);
    if (newest && newest.bytes < this.#segmentBytes) return newest;
    const file = path.join(this.#folder, `${String(position).padStart(16, "0")}${extension}`);
    const segment = new JournalSegment(file, position);
    this.#segments.push(segment);
    return segment;
  }
}
