// Kinesis gives 56 digits, compared as numbers and opaque otherwise. Ours carry the journal's position.
const prefix = "49600000000000000000000000000000000000";
const digits = 18;

export function sequenceNumberOf(position: number): string {
  return prefix + String(position).padStart(digits, "0");
}

/** Throws a RangeError for a number that this stream never gave. */
export function positionOf(sequenceNumber: string): number {
  const position = Number(sequenceNumber.slice(prefix.length));
  if (!sequenceNumber.startsWith(prefix) || !Number.isSafeInteger(position)) {
    throw new RangeError(`unknown sequence number ${sequenceNumber}`);
  }
  return position;
}
