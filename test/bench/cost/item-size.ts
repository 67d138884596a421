import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** What DynamoDB charges for: a write by the KB, begun ones counted whole. */
const WRITE_UNIT_BYTES = 1024;

/** An item's size as DynamoDB counts it: names and values, a number by half its digits and one.
 *  https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
export function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes({ S, N, B, BOOL, L }: AttributeValue): number {
  if (BOOL !== undefined) return 1;
  if (S !== undefined) return Buffer.byteLength(S);
  if (B !== undefined) return B.length;
  if (N !== undefined) return Math.ceil(N.replace(/[^\d]/g, "").length / 2) + 1;
  if (L !== undefined) return L.reduce((sum, value) => sum + 1 + valueBytes(value), 3);
  throw new RangeError("Strata writes texts, numbers, bytes, truths and lists only");
}

export function writeUnits(bytes: number): number {
  return Math.ceil(bytes / WRITE_UNIT_BYTES);
}
