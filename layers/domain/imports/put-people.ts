import { settleLiving } from "#domain/identity/find-living.ts";
import type { SplitPorts } from "#domain/identity/split-people.ts";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { publishOutbox } from "#domain/profile/commit-profile.ts";
import { publishOutboxes } from "#domain/profile/publish-outboxes.ts";
import { saveProfile } from "#domain/profile/save-profile.ts";
import type { Profile } from "#domain/profile/state.ts";
import { findHandTargetByKey } from "./find-target.ts";
import { ImportError } from "./import-error.ts";
import type { ImportJob } from "./import-job.ts";

/** The fold writes the same people; it is slower than this many rereads. */
const MAX_ATTEMPTS = 20;
const WRITES_AT_ONCE = 32;

/** What became of one person. `changed_meanwhile`: somebody decided otherwise after the import began. */
export type PutOutcome = "applied" | "unchanged" | "changed_meanwhile";

/** A person to put in or take out, and the mark that says which row did it: doing it again is told by the mark. */
export interface PutTask {
  readonly person: Profile;
  readonly mark: string;
}

/** Puts people into the import's tag or segment (`on`) or takes them out, one conditional write each and only where
 *  something changes. What they decide is dated at the import's start, and the last writer wins: so whatever is redone
 *  after a crash comes out as it did. Facts are published together. Throws StreamUnavailableError, StoreUnavailableError,
 *  or ImportError where the tag or segment is no longer there. */
export async function putPeople(
  ports: SplitPorts,
  job: Pick<ImportJob, "importId" | "key" | "startedAt">,
  on: boolean,
  tasks: readonly PutTask[],
): Promise<PutOutcome[]> {
  const outcomes: PutOutcome[] = [];
  for (let start = 0; start < tasks.length; start += WRITES_AT_ONCE) {
    const written = await Promise.all(
      tasks.slice(start, start + WRITES_AT_ONCE).map((task) => putPerson(ports, job, on, task)),
    );
    const saved = written.flatMap((one) => one.saved ?? []);
    for (const failure of (await publishOutboxes(ports, saved)).values()) throw failure;
    outcomes.push(...written.map(({ outcome }) => outcome));
  }
  return outcomes;
}

async function putPerson(
  ports: SplitPorts,
  job: Pick<ImportJob, "importId" | "key" | "startedAt">,
  on: boolean,
  task: PutTask,
): Promise<{ outcome: PutOutcome; saved?: Profile }> {
  const stamp = { on, at: job.startedAt ?? 0, by: task.mark };
  let before: Profile | undefined = task.person;
  for (let attempt = 0; attempt < MAX_ATTEMPTS && before; attempt++) {
    // Nothing is written over an outbox that is still owed, and a worker that died may have left this very one.
    await publishOutbox(ports, before);
    const bundle =
      before.bundleVersion > 0 ? await ports.definitions.atLeast(before.bundleVersion) : await ports.definitions.get();
    const target = findHandTargetByKey(bundle, job.key);
    if (typeof target === "string") throw new ImportError(target, `${job.key} is not for imports any more`);
    const outcome = decide(before.state.manualTags.get(target.entry), stamp, job.importId);
    if (outcome !== "write") return { outcome };
    const manualTags = new Map(before.state.manualTags).set(target.entry, stamp);
    const next = nextVersion(before, { state: { ...before.state, manualTags } }, ports.now(), bundle);
    if ((await saveProfile(ports, before, next)) === "saved") return { outcome: "applied", saved: next };
    before = await settleLiving(ports, before.id);
  }
  throw new Error(`others kept writing ${task.person.id}`);
}

/** What to do about what is there. */
function decide(
  set: { readonly on: boolean; readonly at: number; readonly by: string } | undefined,
  stamp: { readonly on: boolean; readonly at: number; readonly by: string },
  importId: string,
): PutOutcome | "write" {
  if (set?.by === stamp.by) return "applied";
  if ((set?.on ?? false) === stamp.on) return "unchanged";
  // Whom a row of this very file put in is not taken out as absent from it.
  if (set && (set.at >= stamp.at || set.by.startsWith(`import:${importId}#`))) return "changed_meanwhile";
  return "write";
}

/** The mark of a row, or of the removal behind the last one; `why` shows it as who did it. */
export function markOf(importId: string, row: number | "absent"): string {
  return `import:${importId}#${row}`;
}
