import { isDeepStrictEqual } from "node:util";
import type { Profile } from "#domain/profile/state.ts";
import type { MemoryDynamo } from "../../support/memory-dynamo.ts";
import { CONFIG } from "../functions.ts";
import type { Journal } from "./journal.ts";

/** Every fact that a stored version owed was published, nothing else was, no outbox of a living person is left, and the
 *  Tags table says what the profiles say. */
export function checkFacts(journal: Journal, dynamo: MemoryDynamo): void {
  const complain = (law: string, what: string) => journal.violations.push({ law, what });
  const published = new Set<string>();
  for (const { facts } of journal.factRecords) {
    for (const fact of facts) {
      published.add(fact.factId);
      const owed = journal.owed.get(fact.factId);
      if (!owed) complain("fact-unowed", `${fact.factId} was published, but no stored version owed it`);
      else if (!isDeepStrictEqual(owed, fact)) complain("fact-changed", `${fact.factId} says two things`);
    }
  }
  for (const factId of journal.owed.keys()) {
    if (!published.has(factId)) complain("fact-lost", `${factId} was never published`);
  }
  const rows = new Map(
    dynamo
      .items(CONFIG.STRATA_TABLE_TAGS)
      .filter(({ x }) => !x)
      .map(({ pk, sk, s }) => [`${pk?.S?.replace(/#\d+$/, "")} ${sk?.S}`, Number(s?.N)]),
  );
  for (const person of journal.people.values()) {
    const isAlive = person.mergedInto === undefined;
    if (isAlive && person.outbox.length > 0)
      complain("outbox", `${person.id} still owes ${person.outbox.length} facts`);
    checkRows(isAlive ? person.memberships : new Map(), person);
  }
  for (const row of rows.keys()) complain("tags", `the table has ${row}, the profile does not`);

  function checkRows(memberships: Profile["memberships"], { id }: Profile): void {
    for (const [key, { since }] of memberships) {
      const row = `${key} ${id}`;
      if (!rows.has(row)) complain("tags", `the profile has ${row}, the table does not`);
      else if (rows.get(row) !== since) complain("tags", `${row}: since ${rows.get(row)}, the profile says ${since}`);
      rows.delete(row);
    }
  }
}
