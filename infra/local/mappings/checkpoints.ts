import { readFileSync } from "node:fs";
import path from "node:path";
import { writeAtomically } from "../write-atomically.ts";

interface Saved {
  readonly shards: number;
  /** Shard to the last sequence number that is through. */
  readonly passed: Record<string, string>;
}

/** How far a mapping is through each shard, on disk. A restart delivers what lies after, which may repeat a little. */
export class Checkpoints {
  readonly #file: string;
  #saved: Saved;
  readonly #onSaved: (shardId: string, sequenceNumber: string) => void;
  readonly #unsaved = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** @param onSaved called for each shard once the file says so: only then may records be thrown away */
  constructor(folder: string, mappingId: string, onSaved: (shardId: string, sequenceNumber: string) => void) {
    this.#file = path.join(folder, `${mappingId}.json`);
    this.#saved = readCheckpoints(this.#file);
    this.#onSaved = onSaved;
  }

  /**
   * Where to go on. After a change of the number of shards keys lie in other shards than the checkpoints were about:
   * then everything that the stream still has is delivered again.
   */
  resume(shards: number): ReadonlyMap<string, string> {
    if (this.#saved.shards !== shards) this.#saved = { shards, passed: {} };
    return new Map(Object.entries(this.#saved.passed));
  }

  /** Written within 250 ms: a file for every batch would cost more than a repeated batch does. */
  advance(shardId: string, sequenceNumber: string): void {
    this.#saved.passed[shardId] = sequenceNumber;
    this.#unsaved.add(shardId);
    this.#timer ??= setTimeout(() => this.save(), 250);
  }

  save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#unsaved.size === 0) return;
    writeAtomically(this.#file, JSON.stringify(this.#saved));
    for (const shardId of this.#unsaved) this.#onSaved(shardId, this.#saved.passed[shardId] ?? "");
    this.#unsaved.clear();
  }
}

function readCheckpoints(file: string): Saved {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Saved;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { shards: 0, passed: {} };
    throw new Error(`${file} is damaged`, { cause: error });
  }
}
