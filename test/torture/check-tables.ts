import path from "node:path";
import { type AttributeValue, type DynamoDBClient, ListTablesCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { fromProfileItem } from "#aws/stores/profile-item.ts";
import { isAnybody } from "#domain/profile/is-anybody.ts";
import type { IdentifierKey, Profile } from "#domain/profile/state.ts";
import { startDynamo } from "../support/dynalite.ts";
import type { Findings } from "./findings.ts";

type Item = Record<string, AttributeValue>;

/**
 * Reads the tables that a stopped runtime left behind and checks what no API shows: nothing owes a fact or a merge, every
 * pointer leads to a person who knows of it, and the tag table has exactly the rows that the profiles call for.
 */
export async function checkTables(dataDir: string, people: number, findings: Findings): Promise<void> {
  const { dynamo, stop } = await startDynamo({ path: path.join(dataDir, "dynamodb") });
  try {
    const profiles = new Map((await scan(dynamo, "Profiles")).map(fromProfileItem).map((item) => [item.id, item]));
    checkProfiles(profiles, people, findings);
    checkIdentities(profiles, await scan(dynamo, "Identities"), findings);
    checkTags(profiles, await scan(dynamo, "Tags"), findings);
  } finally {
    await stop();
  }
}

function checkProfiles(profiles: ReadonlyMap<string, Profile>, people: number, findings: Findings): void {
  const roots = [...profiles.values()].filter(({ mergedInto, state }) => mergedInto === undefined && isAnybody(state));
  findings.compare("stored people that are not merged into others", roots.length, people);
  for (const { id, outbox, intent, mergedInto } of profiles.values()) {
    findings.compare(`${id}: a merge begun and not ended`, intent, undefined);
    if (mergedInto === undefined) findings.compare(`${id}: facts that it owes`, outbox.length, 0);
    // Whoever absorbs somebody takes over what they owe; the frozen item stays as it was.
    else findings.compare(`${id}: absorbed`, findRoot(profiles, id)?.state.absorbed.has(id), true);
  }
}

function checkIdentities(profiles: ReadonlyMap<string, Profile>, rows: readonly Item[], findings: Findings): void {
  const pointers = new Map(rows.map((row) => [row.pk?.S ?? "", findRoot(profiles, row.p?.S ?? "")]));
  for (const [identifier, root] of pointers) {
    const known = root?.state.identifiers.has(identifier as IdentifierKey);
    findings.compare(`${identifier}: leads to somebody who knows of it`, known, true);
  }
  for (const { id, mergedInto, state } of profiles.values()) {
    if (mergedInto !== undefined || !isAnybody(state)) continue;
    for (const identifier of state.identifiers.keys()) {
      findings.compare(`${identifier}: leads to ${id}`, pointers.get(identifier)?.id, id);
    }
  }
}

function checkTags(profiles: ReadonlyMap<string, Profile>, rows: readonly Item[], findings: Findings): void {
  const indexed = rows
    .filter(({ x }) => x === undefined)
    .map((row) => `${row.pk?.S?.replace(/#\d+$/, "")} ${row.sk?.S}`);
  const stored = [...profiles.values()]
    .filter(({ mergedInto }) => mergedInto === undefined)
    .flatMap(({ id, memberships }) => [...memberships.keys()].map((key) => `${key} ${id}`));
  findings.compareLists("rows of the tag table", indexed, stored);
}

/** Where a person's pointers lead; undefined where they lead nowhere or in a circle. */
function findRoot(profiles: ReadonlyMap<string, Profile>, id: string): Profile | undefined {
  let found = profiles.get(id);
  for (let step = 0; found?.mergedInto !== undefined; step += 1) {
    if (step > profiles.size) return undefined;
    found = profiles.get(found.mergedInto);
  }
  return found;
}

async function scan(dynamo: DynamoDBClient, kind: string): Promise<Item[]> {
  const { TableNames = [] } = await dynamo.send(new ListTablesCommand());
  const TableName = TableNames.find((name) => name.includes(kind));
  if (TableName === undefined) throw new Error(`no table ${kind} among ${TableNames.join(", ")}`);
  const items: Item[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await dynamo.send(new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey }));
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}
