import type { Profile, ProfileId } from "#domain/profile/state.ts";
import { loadLiving } from "./find-people.ts";
import type { HeldImport } from "./held-import.ts";
import { ImportError } from "./import-error.ts";
import type { ImportPorts } from "./import-ports.ts";
import { readHashes } from "./people-hashes.ts";
import { markOf, putPeople } from "./put-people.ts";

const MEMBERS_A_PAGE = 500;

/** Takes out the members whom the file does not name, until there are none or the time ends. A page of them is written
 *  down before the first of it is taken out: the list of members forgets those who have left, and a crash in between
 *  would lose count. Throws ImportError `nobody_found` where the file names nobody at all: it would empty the tag. */
export async function removeAbsent(
  ports: ImportPorts,
  held: HeldImport,
  deadline: number,
): Promise<"finished" | "out_of_time"> {
  const { peopleParts } = held.job;
  if (peopleParts.length === 0) {
    throw new ImportError("nobody_found", "not one row names a known person: nobody is removed");
  }
  const named = await readNamed(ports, held);
  for (;;) {
    const { leaving } = held.job;
    if (leaving && leaving.people.length > 0) {
      const removed = await remove(ports, held, leaving.people, named);
      await held.checkpoint({ removed: held.job.removed + removed, leaving: { ...leaving, people: [] } });
    } else if (leaving?.isLast) {
      await held.checkpoint({ phase: "reporting" });
      return "finished";
    } else await held.checkpoint({ leaving: await planPage(ports, held, named) });
    if (ports.now() >= deadline) return "out_of_time";
  }
}

async function readNamed(ports: ImportPorts, { job }: HeldImport) {
  const bytes = job.peopleParts.reduce((sum, part) => sum + part.bytes, 0);
  async function* read() {
    for (const { name } of job.peopleParts) yield ports.objects.readPart(job.importId, name);
  }
  return readHashes(read(), bytes);
}

/** The next members whom the file does not name: whole pages without any are passed over. */
async function planPage(ports: ImportPorts, { job }: HeldImport, named: { has(id: ProfileId): boolean }) {
  const cursor = job.leaving?.cursor;
  const page = await ports.tags.members(job.key, {
    limit: MEMBERS_A_PAGE,
    ...(cursor !== undefined && { cursor }),
  });
  const people = page.members.map(({ profileId }) => profileId).filter((id) => !named.has(id));
  return {
    people,
    isLast: page.cursor === undefined,
    ...(page.cursor !== undefined && { cursor: page.cursor }),
  };
}

async function remove(
  ports: ImportPorts,
  { job }: HeldImport,
  ids: readonly ProfileId[],
  named: { has(id: ProfileId): boolean },
): Promise<number> {
  const living = await loadLiving(ports, ids);
  const leaving = new Map<ProfileId, Profile>();
  for (const person of living.values()) {
    // Whom a row named may have been absorbed by this one since.
    const isNamed = named.has(person.id) || [...person.state.absorbed].some((id) => named.has(id));
    if (!isNamed) leaving.set(person.id, person);
  }
  const mark = markOf(job.importId, "absent");
  const outcomes = await putPeople(
    ports,
    job,
    false,
    [...leaving.values()].map((person) => ({ person, mark })),
  );
  return outcomes.filter((outcome) => outcome === "applied").length;
}
