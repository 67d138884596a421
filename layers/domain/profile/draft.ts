import type { Buckets, ProfileState } from "./state.ts";

type Mutable<T> = T extends ReadonlyMap<infer K, infer V> ? Map<K, V> : T extends ReadonlySet<infer V> ? Set<V> : never;
/** The parts of a state that are maps or sets. */
type Part = {
  [Name in keyof ProfileState]-?: ProfileState[Name] extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
    ? Name
    : never;
}[keyof ProfileState];

/** A state that is being written. The state that it began from is not touched: a map or set is copied when it is first
 *  opened, so that what an event does not concern costs nothing. */
export class Draft {
  readonly before: ProfileState;
  /** The state as written so far. Its registers and numbers are assigned, its maps and sets opened. */
  readonly state: { -readonly [Name in keyof ProfileState]: ProfileState[Name] };
  /** No identifier was claimed later: an event from then on moves no claim back. */
  readonly newestClaim: number;

  constructor(before: ProfileState) {
    this.before = before;
    this.state = { ...before };
    this.newestClaim = Math.max(...before.identifiers.values());
  }

  /** A part to write into. */
  open<Name extends Part>(name: Name): Mutable<ProfileState[Name]> {
    if (!this.isOpen(name)) this.state[name] = copyOf(this.before[name]);
    return this.state[name] as unknown as Mutable<ProfileState[Name]>;
  }

  isOpen(name: Part): boolean {
    return this.state[name] !== this.before[name];
  }

  /** The buckets of one feature, to write into. */
  openBuckets(id: string): Map<number, number> {
    const known: Buckets | undefined = this.before.features.get(id);
    const own = this.state.features.get(id);
    if (own !== undefined && own !== known) return own as Map<number, number>;
    const buckets = new Map(known);
    this.open("features").set(id, buckets);
    return buckets;
  }
}

function copyOf<T>(part: T): T {
  return (part instanceof Map ? new Map(part) : new Set(part as ReadonlySet<unknown>)) as T;
}
