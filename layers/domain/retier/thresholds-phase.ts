import { canonicalJson } from "#domain/definitions/canonical-json.ts";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { type StoredThresholds, writeThresholds } from "#domain/definitions/thresholds.ts";
import type { Thresholds } from "#domain/rules/population.ts";
import type { Phase } from "./phase.ts";
import {
  decodeValues,
  type EncodedValues,
  encodeValues,
  findThresholds,
  mergeValues,
  PopulationCollector,
} from "./population-values.ts";
import type { RetierPorts } from "./ports.ts";
import type { Run } from "./run.ts";
import { readBundle } from "./run-bundle.ts";
import { retierAndCount, scanPeople } from "./scan-people.ts";

const MAX_ATTEMPTS = 20;

/** The first pass: the values of the population by which the definitions in force divide it. What is found travels with
 *  the next version of the definitions, and everyone is then evaluated by that. */
export const thresholdsPhase: Phase = {
  async open(ports, run, { index, tally, figures }) {
    const bundle = compileBundle(await readBundle(ports, run));
    const before = tally === undefined ? undefined : decodeValues(tally as EncodedValues);
    const collector = new PopulationCollector(bundle, run.startedAt, before);
    const counted = { ...figures };
    return {
      work: scanPeople(ports, run, index, async (person) => {
        // A quantile of a sum that was not kept before needs the sum first.
        const hasSums = bundle.quantiles.some(({ measure }) => typeof measure !== "string");
        const profile = hasSums ? await retierAndCount(ports, run, person, counted) : person;
        if (profile && profile.mergedInto === undefined && profile.split === undefined) collector.add(profile);
      }),
      tally: () => encodeValues(collector.values()),
      figures: () => counted,
    };
  },

  async finish(ports, run, tallies) {
    const bundle = compileBundle(await readBundle(ports, run));
    let values = new PopulationCollector(bundle, run.startedAt).values();
    for await (const tally of tallies()) values = mergeValues(values, decodeValues(tally as EncodedValues));
    const thresholds = findThresholds(values, bundle, run.startedAt);
    const bundleVersion = await putInForce(ports, run, thresholds);
    return { next: "everyone", slices: run.slices, bundleVersion };
  },
};

/** Commits a version of the definitions that differs in its thresholds alone, unless they are so already. Returns the
 *  version that has them. */
async function putInForce({ bundles, now }: RetierPorts, run: Run, found: Thresholds): Promise<number> {
  const thresholds = writeThresholds(found);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const inForce = await bundles.current();
    if (inForce.thresholds && areEqual(inForce.thresholds, thresholds)) return inForce.version;
    const next = { ...inForce, version: inForce.version + 1, thresholds };
    const note = { at: now(), by: "retier", changes: ["thresholds"] };
    if ((await bundles.commit(next, note)) === "committed") return next.version;
  }
  throw new Error(`the thresholds of run ${run.runId} lost ${MAX_ATTEMPTS} races`);
}

/** When they were found makes no difference to anybody. */
function areEqual(a: StoredThresholds, b: StoredThresholds): boolean {
  return canonicalJson({ ...a, at: 0 }) === canonicalJson({ ...b, at: 0 });
}
