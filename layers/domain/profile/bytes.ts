/** A growing buffer of variable-length integers, texts and hashes. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(512);
  #length = 0;

  /** Unsigned, at most 2^53 − 1: 7 bits a byte, least significant first. */
  uint(value: number): this {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
    return this;
  }

  /** Signed, |value| below 2^52: zigzag, so that small negatives stay short. */
  int(value: number): this {
    return this.uint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  text(value: string): this {
    const size = Buffer.byteLength(value);
    this.uint(size).#reserve(size);
    this.#length += this.#bytes.write(value, this.#length);
    return this;
  }

  json(value: unknown): this {
    return this.text(JSON.stringify(value) ?? "null");
  }

  hash(value: bigint): this {
    this.#reserve(8);
    this.#length = this.#bytes.writeBigUInt64LE(value, this.#length);
    return this;
  }

  list<T>(items: Iterable<T>, write: (item: T) => void): this {
    const all = Array.isArray(items) ? (items as T[]) : [...items];
    this.uint(all.length);
    for (const item of all) write(item);
    return this;
  }

  finish(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.#length + size));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

/** Reads what a ByteWriter wrote, in the same order. Throws RangeError past the end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.#bytes[this.#position++];
      if (byte === undefined) throw new RangeError("the bytes end in the middle of a number");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
  }

  int(): number {
    const zigzag = this.uint();
    return zigzag % 2 === 1 ? -(zigzag + 1) / 2 : zigzag / 2;
  }

  text(): string {
    const size = this.uint();
    const start = this.#position;
    this.#position += size;
    if (this.#position > this.#bytes.length) throw new RangeError("the bytes end in the middle of a text");
    return this.#bytes.toString("utf8", start, this.#position);
  }

  json(): unknown {
    return JSON.parse(this.text()) as unknown;
  }

  hash(): bigint {
    const value = this.#bytes.readBigUInt64LE(this.#position);
    this.#position += 8;
    return value;
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.uint() }, read);
  }
}
