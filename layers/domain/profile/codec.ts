import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Acquisition, Device, Place } from "#events/collected-event.ts";
import * as s from "./codec-shapes.ts";
import type { DistinctValues } from "./distinct-values.ts";
import { emptyState } from "./empty-state.ts";
import type {
  Buckets,
  ConsentState,
  IdentifierKey,
  Membership,
  MembershipKey,
  OrderState,
  ProfileId,
  ProfileState,
  RolledOrders,
  Stamp,
  TierChange,
  TierHistory,
  TraitState,
} from "./state.ts";

/** Below this, compressing costs more than it saves: DynamoDB charges a write by the KB. */
const COMPRESS_FROM_BYTES = 900;
const PLAIN = 1;
const COMPRESSED = 2;

/** Calendar days and buckets: ascending, each as its distance from the one before. */
const ascendingDays: s.Shape<ReadonlySet<number>> = {
  write: (to, days) =>
    writeAscending(
      to,
      [...days].toSorted((a, b) => a - b),
    ),
  read: (from) => new Set(readAscending(from)),
};
const buckets: s.Shape<Buckets> = {
  write: (to, sums) => {
    const ascending = [...sums].toSorted(([a], [b]) => a - b);
    writeAscending(
      to,
      ascending.map(([bucket]) => bucket),
    );
    for (const [, sum] of ascending) to.int(sum);
  },
  read: (from) => new Map(readAscending(from).map((bucket): [number, number] => [bucket, from.int()])),
};

/** Most values were seen in few buckets: each bucket is written once, with its values. */
const distinctValues: s.Shape<DistinctValues> = {
  write: (to, values) => {
    const byBucket = Map.groupBy(values.keys(), (hash) => values.get(hash) ?? 0);
    hashesByBucket.write(to, byBucket);
  },
  read: (from) => {
    const values = new Map<number, number>();
    for (const [bucket, hashes] of hashesByBucket.read(from)) for (const hash of hashes) values.set(hash, bucket);
    return values;
  },
};
const hashesByBucket = s.map(s.int, s.list(s.uint));

function writeAscending(to: s.ShapeWriter, values: readonly number[]): void {
  to.uint(values.length);
  values.forEach((value, n) => {
    if (n === 0) to.int(value);
    else to.uint(value - (values[n - 1] ?? 0));
  });
}

function readAscending(from: s.ShapeReader): number[] {
  let previous = 0;
  return Array.from({ length: from.uint() }, (_, n) => {
    previous = n === 0 ? from.int() : previous + from.uint();
    return previous;
  });
}

/** By age: messages of one request were received in the same second, those of one visit within a few. */
const seen: s.Shape<ReadonlyMap<bigint, number>> = {
  write: (to, memory) => {
    const newest = Math.floor(to.base / 1000);
    const ascending = [...memory].toSorted(([, a], [, b]) => a - b);
    writeAscending(
      to,
      ascending.map(([, second]) => second - newest),
    );
    for (const [message] of ascending) to.hash(message);
  },
  read: (from) => {
    const newest = Math.floor(from.base / 1000);
    return new Map(readAscending(from).map((age): [bigint, number] => [from.hash(), newest + age]));
  },
};

const setOnce: s.Shape<NonNullable<TraitState["setOnce"]>> = {
  write: (to, register) => {
    s.stamped(s.json()).write(to, register);
    s.time.write(to, register.newestAt);
  },
  read: (from) => ({ ...s.stamped(s.json()).read(from), newestAt: s.time.read(from) }),
};

const trait = s.struct<TraitState>({
  overwrite: s.stamped(s.json()),
  setOnce,
  add: s.struct({ sum: s.int, newestAt: s.time }),
  append: s.struct({ values: s.set(s.text), newestAt: s.time }),
  unsetAt: s.time,
});

const orderStatus = s.stamped(s.oneOf<OrderState["status"]["value"]>("completed", "cancelled"));
const orderRest = s.struct<{ placed?: { after: number; day: number } } & Pick<OrderState, "amount" | "items">>({
  placed: s.struct({ after: s.int, day: s.int }),
  amount: s.stamped(s.int),
  items: s.stamped(s.int),
});
/** An order is mostly told by one event: the instant and day of its placing are kept as distances from its status. */
const order: s.Shape<OrderState> = {
  write: (to, { status, placed, ...rest }) => {
    orderStatus.write(to, status);
    const relative = placed && { after: placed.at - status.at, day: placed.day - utcDayOf(placed.at) };
    orderRest.write(to, { ...rest, ...(relative && { placed: relative }) });
  },
  read: (from) => {
    const status = orderStatus.read(from);
    const { placed: relative, ...rest } = orderRest.read(from);
    if (!relative) return { ...rest, status };
    const at = status.at + relative.after;
    return { ...rest, status, placed: { at, day: utcDayOf(at) + relative.day } };
  },
};

function utcDayOf(at: number): number {
  return Math.floor(at / 86_400_000);
}

/** An instant that may be Infinity: none. */
const timeOrNever: s.Shape<number> = {
  write: (to, at) => {
    s.flag.write(to, at !== Infinity);
    if (at !== Infinity) s.time.write(to, at);
  },
  read: (from) => (s.flag.read(from) ? s.time.read(from) : Infinity),
};

const state = s.struct<Omit<ProfileState, "newestAt">>({
  newestDay: s.int,
  newestReceivedAt: s.time,
  identifiers: s.map(s.branded<IdentifierKey>(), s.time),
  absorbed: s.set(s.branded<ProfileId>()),
  separated: s.set(s.branded<IdentifierKey>()),
  firstSeen: s.time,
  lastSeen: s.time,
  platforms: s.map(s.text, s.struct({ firstSeen: s.time, lastSeen: s.time })),
  traits: s.map(s.text, trait),
  activeDays: ascendingDays,
  features: s.map(s.text, buckets),
  orders: s.map(s.text, order),
  rolledOrders: s.struct<RolledOrders>({
    count: s.uint,
    amountMinor: s.int,
    items: s.int,
    upTo: s.time,
    firstAt: timeOrNever,
  }),
  refunds: s.map(s.text, s.stamped(s.int)),
  rolledRefunds: s.struct({ count: s.uint, amountMinor: s.int }),
  firstAcquisition: s.stamped(s.json<Acquisition>()),
  lastAcquisition: s.stamped(s.json<Acquisition>()),
  place: s.stamped(s.json<Place>()),
  device: s.stamped(s.json<Device>()),
  consent: s.map(
    s.text,
    s.struct<ConsentState>({
      granted: s.flag,
      at: s.time,
      proof: s.text,
      grantedBy: s.branded<IdentifierKey>(),
      collected: s.flag,
    }),
  ),
  seen,
  manualTags: s.map(s.text, s.struct({ on: s.flag, at: s.time, by: s.text })),
  truncated: s.set(s.text),
  // Parts that came later stand at the end, so that states which were written before them are read as they are.
  distincts: s.map(s.text, distinctValues),
  preferences: s.map(s.text, s.map(s.text, buckets)),
});

const memberships = s.map<MembershipKey, Membership>(
  s.branded<MembershipKey>(),
  s.struct<Membership>({ since: s.time, until: timeOrNever, definitionVersion: s.uint }),
);

const tierHistory: s.Shape<TierHistory> = s.map(s.text, s.list(s.struct<TierChange>({ tier: s.text, at: s.time })));

/** Encodes with `shape`; instants are kept as distances from `base`, stamps once each in a table before the rest. */
function encode<T>(shape: s.Shape<T>, value: T, base: number): Uint8Array {
  const body = new s.ShapeWriter(base);
  shape.write(body, value);
  const head = new s.ShapeWriter(base);
  head.uint(base);
  s.list(rawStamp).write(head, body.stampTable());
  const plain = Buffer.concat([head.finish(), body.finish()]);
  if (plain.length >= COMPRESS_FROM_BYTES) {
    const compressed = zstdCompressSync(plain);
    if (compressed.length < plain.length) return Buffer.concat([Buffer.of(COMPRESSED), compressed]);
  }
  return Buffer.concat([Buffer.of(PLAIN), plain]);
}

const rawStamp: s.Shape<Stamp> = {
  write: (to, { at, message }) => {
    s.time.write(to, at);
    to.hash(message);
  },
  read: (from) => ({ at: s.time.read(from), message: from.hash() }),
};

function decode<T>(shape: s.Shape<T>, bytes: Uint8Array): { value: T; base: number } {
  const [format, rest] = [bytes[0], bytes.subarray(1)];
  if (format !== PLAIN && format !== COMPRESSED) throw new RangeError(`unknown format ${format} of a profile`);
  const from = new s.ShapeReader(format === COMPRESSED ? zstdDecompressSync(rest) : rest);
  from.base = from.uint();
  from.stamps = s.list(rawStamp).read(from);
  return { value: shape.read(from), base: from.base };
}

/** Encodes a state in few bytes, for size is cost: `decodeState(encodeState(s))` equals `s`. */
export function encodeState(value: ProfileState): Uint8Array {
  return encode(state, value, value.newestAt);
}

/** Decodes what `encodeState` made. Throws RangeError on other bytes. */
export function decodeState(bytes: Uint8Array): ProfileState {
  const { value, base } = decode(state, bytes);
  return { ...emptyState(), ...value, newestAt: base };
}

/** Encodes memberships; `base` is any instant near their times. */
export function encodeMemberships(value: ReadonlyMap<MembershipKey, Membership>, base: number): Uint8Array {
  return encode(memberships, value, base);
}

export function decodeMemberships(bytes: Uint8Array): ReadonlyMap<MembershipKey, Membership> {
  return decode(memberships, bytes).value;
}

/** Encodes the history of tiers; `base` is any instant near their times. */
export function encodeTierHistory(value: TierHistory, base: number): Uint8Array {
  return encode(tierHistory, value, base);
}

export function decodeTierHistory(bytes: Uint8Array): TierHistory {
  return decode(tierHistory, bytes).value;
}
