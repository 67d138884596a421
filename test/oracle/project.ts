import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { type CompiledBundle, compileBundle } from "#domain/definitions/compile-bundle.ts";
import { writeThresholds } from "#domain/definitions/thresholds.ts";
import { validateBundle } from "#domain/definitions/validate.ts";
import type { Definition } from "#events/definitions/index.ts";
import { readFolder } from "../../console/cli/definitions/read-folder.ts";
import { TRAIT_MODES } from "../domain/rules/arbitrary-history.ts";
import { arbitraryPopulationRule } from "../domain/rules/arbitrary-rules.ts";
import type { BruteForceSettings } from "../domain/rules/brute-force/settings.ts";
import { givenPopulation, givenThresholds } from "../domain/rules/given-population.ts";

const RETAIL = fileURLToPath(new URL("../../events/examples/definitions/retail", import.meta.url));
const RANDOM_TAGS = 12;
export interface OracleProject {
  readonly bundle: CompiledBundle;
  readonly definitions: readonly Definition[];
  readonly settings: BruteForceSettings;
  /** The length of the shortest window that any rule asks for, milliseconds. */
  readonly shortestWindowMs: number;
}

/** The shop's example definitions in London, with tags by random rules, a segment and a ladder that name other answers,
 *  and quantiles as a run found them at `runAt`. */
export async function makeProject(seed: number, runAt: number): Promise<OracleProject> {
  const definitions = [...(await readExamples()), ...TRAITS, ...randomTags(seed), ...BUILT_ON_OTHERS];
  const stored = definitions.map((definition) => ({
    kind: definition.kind,
    name: definition.name,
    version: 1,
    definition,
  }));
  const faults = validateBundle(stored);
  if (faults.length > 0) throw new Error(JSON.stringify(faults));
  const bare = compileBundle({ version: 1, definitions: stored });
  const day = bare.calendar.dayOf(runAt);
  const thresholds = writeThresholds(givenThresholds(bare.quantiles, runAt, day));
  const settings: BruteForceSettings = {
    timeZone: bare.calendar.timeZone,
    minorUnits: 100,
    traitModes: TRAIT_MODES,
    monetary: ["revenue", "discount"],
    definitions,
    population: givenPopulation(day),
  };
  const bundle = compileBundle({ version: 1, definitions: stored, thresholds });
  return { bundle, definitions, settings, shortestWindowMs: shortestWindow(definitions) };
}

/** Without journeys and what they send: the truth about tags, segments and tiers is what is checked. */
async function readExamples(): Promise<Definition[]> {
  const examples = (await readFolder(RETAIL)).map(({ definition }) => definition as Definition);
  return examples.filter(({ kind }) => kind !== "journey" && kind !== "template" && kind !== "channel");
}

const TRAITS = Object.entries(TRAIT_MODES).map(([name, mode]): Definition => ({ kind: "trait", name, mode }));

function randomTags(seed: number): Definition[] {
  const rules = fc.sample(arbitraryPopulationRule, { seed, numRuns: RANDOM_TAGS });
  return rules.map((rule, n): Definition => ({ kind: "tag", name: `random-${n}`, rule }));
}

const BUILT_ON_OTHERS: readonly Definition[] = [
  {
    kind: "segment",
    name: "worth-a-letter",
    rule: { all: [{ tier: { ladder: "rfm", in: ["at-risk", "cannot-lose"] } }, { not: { tag: "random-0" } }] },
  },
  {
    kind: "tag",
    name: "saver",
    rule: {
      quantile: {
        of: { sum: { event: "Order Completed", property: "discount", within: "20d" } },
        among: "all",
        atLeast: 0.7,
      },
    },
  },
  {
    kind: "tag",
    name: "lately",
    rule: { quantile: { of: "orders.daysSinceLast", atLeast: 0.8 } },
  },
  {
    kind: "ladder",
    name: "of-answers",
    tiers: [
      { name: "first", rule: { segment: "worth-a-letter" } },
      {
        name: "second",
        rule: { any: [{ tag: "saver" }, { tag: "random-1" }, { anniversary: { trait: "birthday", within: "9d" } }] },
      },
      { name: "third" },
    ],
  },
];

/** By the durations that stand in the definitions. */
function shortestWindow(definitions: readonly Definition[]): number {
  const durations = JSON.stringify(definitions).matchAll(/"(?:within|for|hold)":"(\d+)([dh])"/g);
  const lengths = Array.from(durations, ([, amount, unit]) => Number(amount) * (unit === "d" ? 24 : 1) * 3_600_000);
  return Math.min(...lengths);
}
