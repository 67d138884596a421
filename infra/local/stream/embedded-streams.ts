import path from "node:path";
import { EmbeddedStream } from "./embedded-stream.ts";

/** Every stream of the app, by name. */
export class EmbeddedStreams {
  readonly #streams = new Map<string, EmbeddedStream>();
  readonly #folder: string;
  readonly #now: () => number;

  constructor(folder: string, now: () => number) {
    this.#folder = folder;
    this.#now = now;
  }

  /** Creates a stream, with the records that its journal holds, or returns the one that is there. */
  open({ name, arn, shards }: { name: string; arn: string; shards: number }): EmbeddedStream {
    const existing = this.#streams.get(name);
    if (existing) return existing;
    const stream = new EmbeddedStream({ name, arn, shards, folder: path.join(this.#folder, name), now: this.#now });
    this.#streams.set(name, stream);
    return stream;
  }

  /** By the name or the ARN of a request; undefined where there is none. */
  find({ StreamName, StreamARN }: { StreamName?: string; StreamARN?: string }): EmbeddedStream | undefined {
    return this.#streams.get(StreamName ?? StreamARN?.split("/").at(-1) ?? "");
  }

  names(): string[] {
    return [...this.#streams.keys()];
  }

  close(): void {
    for (const stream of this.#streams.values()) stream.close();
  }
}
