import { tagBucketOf } from "#domain/memberships/tag-bucket.ts";
import type { TagRow } from "#domain/ports/tag-store.ts";
import type { MembershipKey, Profile } from "#domain/profile/state.ts";
import { membersObject } from "./everyone-phase.ts";
import type { Phase } from "./phase.ts";
import type { RetierPorts } from "./ports.ts";
import { objectOf, type Run } from "./run.ts";
import { addRow, decodeSums, encodeSums, findDisagreements, type TagSums } from "./tag-sums.ts";
import { type WrongPartition, wrongObject } from "./tags-phase.ts";

const ROWS_A_PAGE = 500;

/** Buckets that still lack somebody, by membership. */
export type Lacking = readonly (readonly [MembershipKey, readonly number[]])[];

interface MendTally {
  /** What the partition at hand holds, as far as it was read. */
  readonly rows: unknown;
  readonly lacking: Lacking;
}

/** Looks at the rows of each bucket that disagrees: what a row says is put right by the person's profile. Where a bucket
 *  holds too few even then, somebody has no row at all. */
export const mendPhase: Phase = {
  async open(ports, run, { index, tally, figures }) {
    const partitions = await ownPartitions(ports, run, index);
    const seen = decodeSums(await ports.tallies.read(membersObject(run)));
    const before = tally as MendTally | undefined;
    let rows: TagSums = before ? decodeSums(before.rows) : new Map();
    const lacking = [...(before?.lacking ?? [])];
    const counted = { ...figures };
    return {
      async work(cursor) {
        const [nth, after] = readCursor(cursor);
        const partition = partitions[nth];
        if (!partition) return {};
        const page = await ports.tags.partition(partition.key, partition.shard, {
          limit: ROWS_A_PAGE,
          ...(after !== undefined && { cursor: after }),
        });
        const mended = await mendRows(ports, run, partition, page.rows);
        for (const row of mended.rows) addRow(rows, row, run.startedAt);
        counted.repaired += mended.repaired;
        if (page.cursor !== undefined) return { cursor: `${nth} ${page.cursor}` };
        lacking.push(...stillWrong(seen, rows, partition));
        rows = new Map();
        return nth + 1 < partitions.length ? { cursor: String(nth + 1) } : {};
      },
      tally: (): MendTally => ({ rows: encodeSums(rows), lacking }),
      figures: () => ({ ...counted }),
    };
  },

  async finish(ports, run, tallies) {
    const lacking: Lacking[number][] = [];
    for await (const tally of tallies()) lacking.push(...(tally as MendTally).lacking);
    if (lacking.length === 0) return { next: "done", slices: 0 };
    await ports.tallies.write(lackingObject(run), lacking);
    return { next: "missing", slices: run.slices };
  },
};

async function ownPartitions({ tallies }: RetierPorts, run: Run, index: number): Promise<WrongPartition[]> {
  const wrong = (await tallies.read(wrongObject(run))) as WrongPartition[];
  return wrong.filter((_, n) => n % run.phaseSlices === index);
}

function readCursor(cursor = "0"): [nth: number, after: string | undefined] {
  const [nth = "0", after] = cursor.split(" ", 2);
  return [Number(nth), after];
}

/** Puts rows of the wrong buckets right. Gives them back as they are then; one that was right before and is a member no
 *  more comes back as a leaver. */
async function mendRows(
  ports: RetierPorts,
  run: Run,
  { key, buckets }: WrongPartition,
  rows: readonly TagRow[],
): Promise<{ rows: TagRow[]; repaired: number }> {
  const wrong = new Set(buckets);
  const suspects = rows.filter(({ profileId }) => wrong.has(tagBucketOf(profileId)));
  const profiles = await ports.profiles.load(suspects.map(({ profileId }) => profileId));
  let repaired = 0;
  const mended = suspects.map(async (row) => {
    const right = rowBy(row, key, profiles.get(row.profileId), ports.now());
    if (right.left === row.left && (right.left || right.since === row.since)) return row;
    if ((await ports.tags.mend(right, row.version)) === "written") repaired++;
    return right.left && row.since < run.startedAt ? { ...right, since: run.startedAt } : right;
  });
  const after = await Promise.all(mended);
  ports.count("TagRowsRepaired", repaired);
  return { rows: after, repaired };
}

/** What a row should say. */
export function rowBy(row: TagRow, key: MembershipKey, profile: Profile | undefined, now: number): TagRow {
  const isLiving = profile !== undefined && profile.mergedInto === undefined && profile.split === undefined;
  const membership = isLiving ? profile.memberships.get(key) : undefined;
  const version = profile?.version ?? row.version;
  return membership
    ? { ...row, version, since: membership.since, left: false }
    : { ...row, version, since: row.left ? row.since : now, left: true };
}

function stillWrong(seen: TagSums, rows: TagSums, { key, buckets }: WrongPartition): Lacking {
  const looked = new Set(buckets);
  const own: TagSums = new Map([[key, new Map([...(seen.get(key) ?? [])].filter(([bucket]) => looked.has(bucket)))]]);
  return [...findDisagreements(own, rows)];
}

/** Where the buckets are listed that lack somebody. */
export function lackingObject({ runId }: Run): string {
  return objectOf(runId, "lacking");
}
