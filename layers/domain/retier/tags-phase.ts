import { shardOfBucket } from "#domain/memberships/tag-bucket.ts";
import type { MembershipKey } from "#domain/profile/state.ts";
import { membersObject } from "./everyone-phase.ts";
import type { Phase } from "./phase.ts";
import { objectOf, type Run } from "./run.ts";
import { addRow, decodeSums, encodeSums, findDisagreements, mergeSums, type TagSums } from "./tag-sums.ts";

/** A partition of the Tags table of which some buckets do not hold whom they should. */
export interface WrongPartition {
  readonly key: MembershipKey;
  readonly shard: number;
  readonly buckets: readonly number[];
}

/** Reads the Tags table once and compares it with the members that the pass over everyone has seen. Memberships whose
 *  definition is gone are held by nobody who was seen, so their rows disagree as well. */
export const tagsPhase: Phase = {
  async open(ports, run, { index, tally, figures }) {
    const rows: TagSums = tally === undefined ? new Map() : decodeSums(tally);
    return {
      async work(cursor) {
        const page = await ports.tags.scan({
          segment: index,
          segments: run.slices,
          ...(cursor !== undefined && { cursor }),
        });
        for (const row of page.rows) addRow(rows, row, run.startedAt);
        return { cursor: page.cursor };
      },
      tally: () => encodeSums(rows),
      figures: () => figures,
    };
  },

  async finish(ports, run, tallies) {
    const rows: TagSums = new Map();
    for await (const tally of tallies()) mergeSums(rows, decodeSums(tally));
    const seen = decodeSums(await ports.tallies.read(membersObject(run)));
    const wrong = partitionsOf(findDisagreements(seen, rows));
    if (wrong.length === 0) return { next: "done", slices: 0 };
    await ports.tallies.write(wrongObject(run), wrong);
    return { next: "mend", slices: Math.min(run.slices, wrong.length) };
  },
};

function partitionsOf(disagreements: ReadonlyMap<MembershipKey, readonly number[]>): WrongPartition[] {
  return [...disagreements].flatMap(([key, buckets]) =>
    [...Map.groupBy(buckets, shardOfBucket)].map(([shard, ofShard]) => ({ key, shard, buckets: ofShard })),
  );
}

/** Where the partitions that disagree are listed. */
export function wrongObject({ runId }: Run): string {
  return objectOf(runId, "wrong");
}
