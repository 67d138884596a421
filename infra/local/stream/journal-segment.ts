import { closeSync, ftruncateSync, openSync, readFileSync, truncateSync, unlinkSync, writeSync } from "node:fs";

/** One record as it lies on disk, a line of JSON. */
export interface JournalEntry {
  /** Counts the stream's records from 1, over all shards; never used again. */
  readonly position: number;
  readonly partitionKey: string;
  readonly explicitHashKey?: string | undefined;
  /** Epoch milliseconds on the steered clock. */
  readonly arrivedAt: number;
  readonly data: Buffer;
}

/** A file of the journal; its name is the position of its first record. */
export class JournalSegment {
  readonly path: string;
  readonly first: number;
  last: number;
  #descriptor: number | undefined;
  #bytes = 0;

  constructor(path: string, first: number) {
    this.path = path;
    this.first = first;
    this.last = first - 1;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Reads what a previous process left. A torn last line is cut off: its put was never answered, because a line is
   * written whole before the answer. A broken line anywhere else is a damaged file and throws.
   */
  recover(): JournalEntry[] {
    const content = readFileSync(this.path);
    const whole = content.lastIndexOf(0x0a) + 1;
    if (whole < content.length) truncateSync(this.path, whole);
    this.#bytes = whole;
    const lines = content.toString("utf8", 0, whole).split("\n").slice(0, -1);
    const entries = lines.map((line, index) => parseLine(line, this.path, index + 1));
    this.last = entries.at(-1)?.position ?? this.first - 1;
    return entries;
  }

  /**
   * Appends with one system call. What write() took is in the kernel's hands and survives kill -9 of this process;
   * it is not synced, so it does not survive a power cut, which is more than a development machine's data needs.
   */
  append(entries: readonly JournalEntry[]): void {
    this.#descriptor ??= openSync(this.path, "a", 0o600);
    const bytes = Buffer.from(entries.map(formatLine).join(""));
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#descriptor, bytes, written);
    } catch (error) {
      // A full disk: no half line may stay in front of the next record.
      ftruncateSync(this.#descriptor, this.#bytes);
      throw error;
    }
    this.#bytes += bytes.length;
    this.last = entries.at(-1)?.position ?? this.last;
  }

  remove(): void {
    this.close();
    unlinkSync(this.path);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function formatLine(entry: JournalEntry): string {
  const { position: n, partitionKey: k, explicitHashKey: h, arrivedAt: t, data } = entry;
  return `${JSON.stringify({ n, k, h, t, d: data.toString("base64") })}\n`;
}

function parseLine(line: string, path: string, number: number): JournalEntry {
  try {
    const { n, k, h, t, d } = JSON.parse(line) as { n: number; k: string; h?: string; t: number; d: string };
    return { position: n, partitionKey: k, explicitHashKey: h, arrivedAt: t, data: Buffer.from(d, "base64") };
  } catch (cause) {
    throw new Error(`${path}:${number} is damaged`, { cause });
  }
}
