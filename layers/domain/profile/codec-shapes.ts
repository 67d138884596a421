import { ByteReader, ByteWriter } from "./bytes.ts";
import type { Stamp, Stamped } from "./state.ts";

/** What a shape writes to: bytes, the instant that times are counted from, and the stamps already met. */
export class ShapeWriter extends ByteWriter {
  readonly base: number;
  readonly #stamps: Stamp[] = [];
  readonly #indexes = new Map<bigint, Map<number, number>>();

  constructor(base: number) {
    super();
    this.base = base;
  }

  /** A write of many traits stamps them alike: each distinct stamp is kept once, in `stampTable`. */
  stamp({ at, message }: Stamp): void {
    let byTime = this.#indexes.get(message);
    if (!byTime) {
      byTime = new Map();
      this.#indexes.set(message, byTime);
    }
    let index = byTime.get(at);
    if (index === undefined) {
      index = this.#stamps.push({ at, message }) - 1;
      byTime.set(at, index);
    }
    this.uint(index);
  }

  stampTable(): readonly Stamp[] {
    return this.#stamps;
  }
}

export class ShapeReader extends ByteReader {
  base = 0;
  stamps: readonly Stamp[] = [];

  stamp(): Stamp {
    const stamp = this.stamps[this.uint()];
    if (!stamp) throw new RangeError("a stamp that the table does not have");
    return stamp;
  }
}

/** How one type of value is written and read back. */
export interface Shape<T> {
  write(to: ShapeWriter, value: T): void;
  read(from: ShapeReader): T;
}

export const text: Shape<string> = { write: (to, value) => to.text(value), read: (from) => from.text() };
export const uint: Shape<number> = { write: (to, value) => to.uint(value), read: (from) => from.uint() };
export const int: Shape<number> = { write: (to, value) => to.int(value), read: (from) => from.int() };
export const flag: Shape<boolean> = {
  write: (to, value) => to.uint(value ? 1 : 0),
  read: (from) => from.uint() === 1,
};
/** An instant, as its distance from the base. */
export const time: Shape<number> = {
  write: (to, at) => to.int(at - to.base),
  read: (from) => from.base + from.int(),
};
/** Any JSON value. */
export function json<T>(): Shape<T> {
  return { write: (to, value) => to.json(value), read: (from) => from.json() as T };
}

/** A text known by a narrower type: a brand. */
export function branded<T extends string>(): Shape<T> {
  return text as unknown as Shape<T>;
}

export function oneOf<const T>(...options: readonly T[]): Shape<T> {
  return {
    write: (to, value) => to.uint(options.indexOf(value)),
    read: (from) => {
      const index = from.uint();
      if (index >= options.length) throw new RangeError(`no option ${index}`);
      return options[index] as T;
    },
  };
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return {
    write: (to, items) => {
      to.uint(items.length);
      for (const value of items) item.write(to, value);
    },
    read: (from) => Array.from({ length: from.uint() }, () => item.read(from)),
  };
}

export function set<T>(item: Shape<T>): Shape<ReadonlySet<T>> {
  const items = list(item);
  return { write: (to, values) => items.write(to, [...values]), read: (from) => new Set(items.read(from)) };
}

export function map<K, V>(key: Shape<K>, value: Shape<V>): Shape<ReadonlyMap<K, V>> {
  return {
    write: (to, entries) => {
      to.uint(entries.size);
      for (const [k, v] of entries) {
        key.write(to, k);
        value.write(to, v);
      }
    },
    read: (from) => {
      const entries = new Map<K, V>();
      for (let left = from.uint(); left > 0; left--) {
        const k = key.read(from);
        entries.set(k, value.read(from));
      }
      return entries;
    },
  };
}

/** A register: its stamp is written by reference to the table. */
export function stamped<T>(value: Shape<T>): Shape<Stamped<T>> {
  return {
    write: (to, register) => {
      to.stamp(register);
      value.write(to, register.value);
    },
    read: (from) => {
      const stamp = from.stamp();
      return { ...stamp, value: value.read(from) };
    },
  };
}

type Fields<T> = { readonly [Name in keyof Required<T>]: Shape<Exclude<T[Name], undefined>> };

/** An object of which every field may be absent: a bit each says which are there. At most 30 fields. */
export function struct<T extends object>(fields: Fields<T>): Shape<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  const shapes = names.map((name) => fields[name as keyof typeof fields] as Shape<unknown>);
  return {
    write: (to, value) => {
      let present = 0;
      names.forEach((name, index) => {
        if (value[name] !== undefined) present |= 1 << index;
      });
      to.uint(present);
      names.forEach((name, index) => {
        if (value[name] !== undefined) shapes[index]?.write(to, value[name]);
      });
    },
    read: (from) => {
      const present = from.uint();
      const value: Partial<Record<keyof T, unknown>> = {};
      names.forEach((name, index) => {
        if (present & (1 << index)) value[name] = shapes[index]?.read(from);
      });
      return value as T;
    },
  };
}
