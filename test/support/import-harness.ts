import { keyOf } from "#domain/identity/plan-claims.ts";
import { IMPORT_JOB, type ImportJob, importIdOf, readJob } from "#domain/imports/import-job.ts";
import type { ImportMessage, ImportPorts } from "#domain/imports/import-ports.ts";
import { runImport } from "#domain/imports/run-import.ts";
import type { MembershipKey, Profile, ProfileId } from "#domain/profile/state.ts";
import type { Definition } from "#events/definitions/index.ts";
import { indexFacts } from "#functions/index/index-facts.ts";
import { aBundle, makeMemoryFoldPorts } from "./fold-ports.ts";
import { makeMemoryImportObjectStore } from "./memory-import-object-store.ts";
import { makeMemoryTagStore } from "./memory-tag-store.ts";
import { makeMemoryWorkQueue } from "./memory-work-queue.ts";
import { makeMemoryWorkStore } from "./memory-work-store.ts";
import { aPerson, NOON } from "./people.ts";

const definitions: Definition[] = [
  { kind: "tag", name: "vip" },
  { kind: "tag", name: "ruled", rule: { inactive: { for: "1d" } } },
  { kind: "segment", name: "spring-list", static: true },
  { kind: "setting", name: "project", region: "CN" },
];

/** Imports over ports in memory. Time stands still unless a test moves it. */
export function makeImportHarness() {
  const { counted: _counted, count: _count, ...fold } = makeMemoryFoldPorts(aBundle(...definitions));
  const clock = { now: NOON + 60_000 };
  const now = () => clock.now;
  const tags = makeMemoryTagStore();
  const objects = makeMemoryImportObjectStore();
  const work = makeMemoryWorkStore();
  const queue = makeMemoryWorkQueue<ImportMessage>();
  let ids = 0;
  const ports = { ...fold, now, tags, objects, work, queue, newId: () => `n${++ids}` } satisfies ImportPorts;
  let indexed = 0;

  /** A person with these identifiers, such as `email:ann@x.org`. */
  async function person(
    name: string,
    identifiers: readonly (readonly [string, string])[],
    more: Partial<Profile> = {},
  ) {
    const keys = identifiers.map(([type, value]) => keyOf([type, value]));
    const { id, state } = aPerson(name);
    await ports.profiles.save(
      aPerson(name, {
        state: { ...state, identifiers: new Map(keys.map((key) => [key, NOON])), newestReceivedAt: NOON },
        ...more,
      }),
    );
    for (const key of keys) await ports.identities.claim(key, id);
    return id;
  }

  /** An import that was started: its file is there and no worker has come yet. */
  async function started(file: string | Uint8Array | undefined, changed: Partial<ImportJob> = {}): Promise<string> {
    const importId = changed.importId ?? importIdOf(now(), `t${++ids}`);
    if (file !== undefined) objects.upload(importId, file);
    const body: ImportJob = {
      importId,
      format: "csv",
      key: "tag:vip" as MembershipKey,
      mode: "add",
      columns: [{ column: "email", identifier: "email" }],
      delimiter: ",",
      by: "ann",
      createdAt: now(),
      startedAt: now(),
      status: "running",
      phase: "checking",
      ...(await objects.find(importId).then((found) => found && { file: found })),
      at: { offset: 0, row: 0 },
      rows: { read: 0, applied: 0, unchanged: 0, refused: 0 },
      errors: {},
      firstErrors: [],
      errorParts: [],
      peopleParts: [],
      removed: 0,
      setbacks: 0,
      ...changed,
    };
    await work.save({ job: IMPORT_JOB, slice: importId, revision: 1, body });
    return importId;
  }

  /** One worker's turn, with all the time that it wants unless a test says otherwise. */
  const turn = (importId: string, more: { deadline?: number; ports?: Partial<ImportPorts>; owner?: string } = {}) =>
    runImport({ ...ports, ...more.ports }, importId, {
      owner: more.owner ?? `worker-${++ids}`,
      deadline: more.deadline ?? Number.POSITIVE_INFINITY,
      onSetback: () => {},
    });

  const job = async (importId: string): Promise<ImportJob> => {
    const item = await work.find(IMPORT_JOB, importId);
    if (!item) throw new Error(`there is no import ${importId}`);
    return readJob(item);
  };

  /** Turn after turn, as messages would bring them, until it has ended. */
  async function finish(importId: string): Promise<ImportJob> {
    for (let turns = 0; turns < 1_000; turns++) {
      await index();
      const { status } = await job(importId);
      if (status !== "running") return job(importId);
      await turn(importId);
      clock.now += 10_000;
    }
    throw new Error("the import does not end");
  }

  /** What the index function does with the facts published so far. */
  async function index(): Promise<void> {
    const facts = ports.facts.published.slice(indexed);
    indexed = ports.facts.published.length;
    for (const fact of facts) await indexFacts(ports, [fact]);
  }

  const holders = (key = "tag:vip"): ProfileId[] =>
    ports.profiles
      .all()
      .filter(({ memberships }) => memberships.has(key as MembershipKey))
      .map(({ id }) => id)
      .toSorted();

  return { ports, clock, person, started, turn, finish, job, index, holders };
}
