import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { addPerson } from "#domain/measure/add-person.ts";
import { type Frame, makeFrame } from "#domain/measure/frame.ts";
import { measuresOf, recordMeasures } from "#domain/measure/measures-of.ts";
import { decodeTally, encodeTally, mergeTallies, newTally } from "#domain/measure/tally.ts";
import type { Phase } from "./phase.ts";
import type { RunPorts } from "./ports.ts";
import { objectOf, type Run } from "./run.ts";
import { readBundle } from "./run-bundle.ts";
import { retierAndCount, scanPeople } from "./scan-people.ts";
import { addMembers, decodeSums, encodeSums, mergeSums, type TagSums } from "./tag-sums.ts";

interface EveryoneTally {
  readonly measures: unknown;
  readonly members: unknown;
}

/** The pass over everyone: evaluates each person, writes those who change, and counts what the measures and the repair of
 *  the Tags table need. */
export const everyonePhase: Phase = {
  async open(ports, run, { index, tally, figures }) {
    const frame = await frameOf(ports, run);
    const before = tally as EveryoneTally | undefined;
    const measures = before ? decodeTally(before.measures) : newTally();
    const members: TagSums = before ? decodeSums(before.members) : new Map();
    const counted = { ...figures };
    return {
      work: scanPeople(ports, run, index, async (person) => {
        const profile = await retierAndCount(ports, run, person, counted);
        if (!profile) return;
        counted.seen++;
        ports.count("PeopleRetiered", 1);
        addPerson(measures, profile, frame);
        addMembers(members, profile, run.startedAt);
      }),
      tally: (): EveryoneTally => ({ measures: encodeTally(measures), members: encodeSums(members) }),
      figures: () => ({ ...counted }),
    };
  },

  async finish(ports, run, tallies) {
    const frame = await frameOf(ports, run);
    let measures = newTally();
    const members: TagSums = new Map();
    for await (const tally of tallies()) {
      const slice = tally as EveryoneTally;
      measures = mergeTallies(measures, decodeTally(slice.measures));
      mergeSums(members, decodeSums(slice.members));
    }
    await recordMeasures(ports.metrics, measuresOf(measures, frame), frame);
    await ports.tallies.write(membersObject(run), encodeSums(members));
    return { next: "tags", slices: run.slices };
  },
};

async function frameOf(ports: Pick<RunPorts, "bundles">, run: Run): Promise<Frame> {
  const bundle = compileBundle(await readBundle(ports, run));
  return makeFrame(bundle, { now: run.startedAt, since: run.since });
}

/** Where the sums of all members are kept, for the Tags table to be compared with. */
export function membersObject({ runId }: Run): string {
  return objectOf(runId, "members");
}
