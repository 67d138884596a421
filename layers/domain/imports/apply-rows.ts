import type { SplitPorts } from "#domain/identity/split-people.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import type { ImportRowError } from "#events/admin-api/imports.ts";
import type { FileRow } from "./file-row.ts";
import { findPeople } from "./find-people.ts";
import type { ImportJob } from "./import-job.ts";
import { markOf, putPeople } from "./put-people.ts";
import { readIdentifiers } from "./read-identifiers.ts";

/** What became of some rows. */
export interface AppliedRows {
  readonly applied: number;
  readonly unchanged: number;
  readonly refused: readonly ImportRowError[];
  /** Whom they name. */
  readonly people: readonly ProfileId[];
}

/** Applies rows to the people whom they name: the first known identifier of a row says who. A person named twice is
 *  applied once, by the earlier row. */
export async function applyRows(ports: SplitPorts, job: ImportJob, rows: readonly FileRow[]): Promise<AppliedRows> {
  const { project } = await ports.definitions.get();
  const read = rows.map((row) => readIdentifiers(row, job.columns, project.region));
  const found = await findPeople(ports, [
    ...new Set(read.flatMap((row) => ("keys" in row ? row.keys : [])).map(({ key }) => key)),
  ]);
  const refused: ImportRowError[] = [];
  const first = new Map<ProfileId, { person: Profile; row: number }>();
  let unchanged = 0;
  for (const one of read) {
    if (!("keys" in one)) {
      refused.push(one);
      continue;
    }
    const known = one.keys.find(({ key }) => found.has(key));
    const person = known && found.get(known.key);
    if (!person)
      refused.push({ row: one.row, code: "person_unknown", ...(one.keys[0] && { column: one.keys[0].column }) });
    else if (first.has(person.id)) unchanged++;
    else first.set(person.id, { person, row: one.row });
  }
  const tasks = [...first.values()].map(({ person, row }) => ({ person, mark: markOf(job.importId, row) }));
  const outcomes = await putPeople(ports, job, job.mode !== "remove", tasks);
  let applied = 0;
  for (const [index, { row }] of [...first.values()].entries()) {
    const outcome = outcomes[index];
    if (outcome === "applied") applied++;
    else if (outcome === "unchanged") unchanged++;
    else refused.push({ row, code: "changed_meanwhile" });
  }
  refused.sort((a, b) => a.row - b.row);
  return { applied, unchanged, refused, people: [...first.keys()] };
}
