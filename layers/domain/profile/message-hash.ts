import createHasher from "xxhash-wasm";

const { h64 } = await createHasher();

/** The 8-byte xxHash64 by which the dedupe memory and the order of simultaneous writes know a messageId. Among the
 *  at most 2,000 messages that one person's memory holds, two share a hash with a chance of about 1 in 10^13. */
export function hashMessageId(messageId: string): bigint {
  return h64(messageId);
}

/** A text, number or boolean as 48 bits, which a plain number holds: 5 and "5" differ. Among the 64 values that one
 *  feature remembers, two share a hash with a chance of about 1 in 10^11. */
export function hashValue(value: string | number | boolean): number {
  return Number(BigInt.asUintN(48, h64(JSON.stringify(value))));
}
