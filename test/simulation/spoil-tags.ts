import { DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { MemoryDynamo } from "../support/memory-dynamo.ts";
import type { Dice } from "./dice.ts";
import { CONFIG } from "./functions.ts";

/** Takes a row of the Tags table away, or makes it say something else. False where there is none. */
export function spoilTags(dynamo: MemoryDynamo, dice: Dice, tell: (line: () => string) => void): boolean {
  const TableName = CONFIG.STRATA_TABLE_TAGS;
  const rows = dynamo.items(TableName);
  if (rows.length === 0) return false;
  const { pk, sk, ...rest } = dice.pick(rows);
  if (!pk || !sk) return false;
  tell(() => `somebody spoils the row ${pk.S} ${sk.S}`);
  if (dice.chance(0.4)) dynamo.execute(new DeleteItemCommand({ TableName, Key: { pk, sk } }));
  else {
    const { x, ttl: _, ...kept } = rest;
    const isOther = dice.chance(0.5);
    const since = { N: String(Number(rest.s?.N) - 1000) };
    const Item = { pk, sk, ...kept, ...(isOther ? { s: since } : !x && { x: { BOOL: true } }) };
    dynamo.execute(new PutItemCommand({ TableName, Item }));
  }
  return true;
}
