import { createHash } from "node:crypto";
import type { ProfileId } from "#domain/profile/state.ts";
import { keyOf, type MemoryTable } from "../../support/memory-dynamo.ts";
import type { Item } from "../../support/memory-dynamo-expressions.ts";

const PAGE_BYTES = 1024 * 1024;
const NUMBER_DIGITS = 7;

/** The id of the `n`th person: looks like any other, and names its number at the end. */
export function idOf(n: number): ProfileId {
  const hash = createHash("sha256")
    .update(String(n))
    .digest("base64url")
    .slice(0, 26 - NUMBER_DIGITS);
  return `p_${hash}${n.toString(36).padStart(NUMBER_DIGITS, "0")}` as ProfileId;
}

interface Options {
  readonly people: number;
  /** The items of the `n`th person, as they were at the beginning; the same at any time. */
  readonly itemsOf: (n: number) => readonly Item[];
  /** Bytes of an item, as DynamoDB counts them. */
  readonly bytesOf: (item: Item) => number;
}

/** A table of a whole population, every key of which ends in a person's id. What nobody has written is made when it is
 *  read, so a million people take no more memory than those who changed. */
export class PopulationTable implements MemoryTable {
  readonly #options: Options;
  readonly #written = new Map<number, Map<string, Item>>();

  constructor(options: Options) {
    this.#options = options;
  }

  get(key: string): Item | undefined {
    return this.#itemsOf(numberIn(key)).find((item) => keyOf(item) === key);
  }

  set(key: string, item: Item): void {
    this.#open(numberIn(key)).set(key, item);
  }

  delete(key: string): void {
    this.#open(numberIn(key)).delete(key);
  }

  *values(): Generator<Item> {
    for (let n = 0; n < this.#options.people; n++) yield* this.#itemsOf(n);
  }

  *[Symbol.iterator](): Generator<[string, Item]> {
    for (const item of this.values()) yield [keyOf(item), item];
  }

  /** A page of a parallel scan, of whole people: it ends with the one who fills 1 MB. */
  scan(segment: number, segments: number, after: string | undefined): { items: Item[]; last: Item | undefined } {
    const { people, bytesOf } = this.#options;
    const items: Item[] = [];
    let bytes = 0;
    const first = after === undefined ? segment : numberIn(after) + segments;
    for (let n = first; n < people; n += segments) {
      for (const item of this.#itemsOf(n)) {
        items.push(item);
        bytes += bytesOf(item);
      }
      if (bytes >= PAGE_BYTES && n + segments < people) return { items, last: items.at(-1) };
    }
    return { items, last: undefined };
  }

  #itemsOf(n: number): readonly Item[] {
    const written = this.#written.get(n);
    return written ? [...written.values()] : this.#options.itemsOf(n);
  }

  #open(n: number): Map<string, Item> {
    const open = this.#written.get(n) ?? new Map(this.#options.itemsOf(n).map((item) => [keyOf(item), item]));
    this.#written.set(n, open);
    return open;
  }
}

function numberIn(key: string): number {
  return Number.parseInt(key.slice(-NUMBER_DIGITS), 36);
}
