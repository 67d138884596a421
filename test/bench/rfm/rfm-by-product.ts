import { fileURLToPath } from "node:url";
import type { Bundle } from "#domain/definitions/bundle.ts";
import { type CompiledBundle, compileBundle } from "#domain/definitions/compile-bundle.ts";
import { writeThresholds } from "#domain/definitions/thresholds.ts";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import type { Profile } from "#domain/profile/state.ts";
import { findThresholds, PopulationCollector } from "#domain/retier/population-values.ts";
import { rfmSegment } from "#domain/rules/quantiles.ts";
import type { Rule } from "#events/rule.ts";
import { readFolder } from "../../../console/cli/definitions/read-folder.ts";
import { openPipeline } from "../../support/pipeline.ts";
import { checkAnswer, WrongAnswerError } from "../benchmark.ts";
import type { Scored } from "./rfm-in-sql.ts";

const RETAIL = fileURLToPath(new URL("../../../events/examples/definitions/retail", import.meta.url));
/** When the re-tiering run begins: the night after the file's last day. */
export const RUN_AT = Date.parse("2011-12-10T02:15:00Z");
const BATCH_CALLS = 500;
const SCORES = [1, 2, 3, 4, 5];

/** Scores the customers of a stream of Segment calls as the product does: collection, the fold, the run that finds the
 *  thresholds of everyone's states, and the verdicts of rfm leaves; the segment is the tier of the example ladder. */
export async function scoreByProduct(calls: AsyncIterable<object>): Promise<Map<string, Omit<Scored, "pence">>> {
  const definitions = await retailBundle();
  const people = await foldCalls(calls, compileBundle(definitions));
  const bundle = compileBundle({ ...definitions, thresholds: writeThresholds(thresholdsOf(people, definitions)) });
  const scored = new Map<string, Omit<Scored, "pence">>();
  for (const person of people) {
    const score = scorePerson(person, bundle);
    if (score) scored.set(score.customer, score);
  }
  return scored;
}

/** Everyone whom the calls tell of, by collection and the fold. */
export async function foldCalls(calls: AsyncIterable<object>, bundle: CompiledBundle): Promise<Profile[]> {
  const shop = openPipeline(bundle);
  let batch: object[] = [];
  for await (const call of calls) {
    batch.push(call);
    if (batch.length < BATCH_CALLS) continue;
    await shop.send(batch);
    batch = [];
  }
  await shop.send(batch);
  return shop.living();
}

function thresholdsOf(people: readonly Profile[], definitions: Bundle) {
  const bundle = compileBundle(definitions);
  const collector = new PopulationCollector(bundle, RUN_AT);
  for (const person of people) collector.add(person);
  return findThresholds(collector.values(), bundle, RUN_AT);
}

/** The shop's example definitions, and a tag for each score of each letter. */
export async function retailBundle(): Promise<Bundle> {
  const written = (await readFolder(RETAIL)).map(({ kind, name, definition }) => ({ kind, name, definition }));
  const tags = (["r", "f", "m", "fm"] as const).flatMap((letter) =>
    SCORES.map((score) => {
      const rule: Rule = { rfm: { [letter]: [score] } };
      return { kind: "tag", name: `${letter}${score}`, definition: { kind: "tag", name: `${letter}${score}`, rule } };
    }),
  );
  return { version: 1, definitions: [...written, ...tags].map((definition) => ({ ...definition, version: 1 })) };
}

/** Undefined for whoever never bought. Throws WrongAnswerError where a letter has no or two scores, or where the ladder
 *  and the table of segments disagree. */
function scorePerson(person: Profile, bundle: CompiledBundle): Omit<Scored, "pence"> | undefined {
  const { memberships } = evaluateMemberships(person, RUN_AT, bundle);
  const keys = [...memberships.keys()];
  const [segment = ""] = keys.filter((key) => key.startsWith("tier:rfm=")).map((key) => key.slice("tier:rfm=".length));
  const [customer = ""] = [...person.state.identifiers.keys()].map((key) => key.slice("userId:".length));
  if (segment === "unscored") return undefined;
  const score = (letter: string): number => {
    const found = SCORES.filter((candidate) => memberships.has(`tag:${letter}${candidate}` as (typeof keys)[number]));
    if (found.length !== 1) throw new WrongAnswerError(`${customer} has ${found.length} scores of ${letter}`);
    return found[0] ?? 0;
  };
  const [r, f, m, fm] = [score("r"), score("f"), score("m"), score("fm")];
  checkAnswer(`the tier of ${customer}`, segment, rfmSegment(r, fm));
  return { customer, r, f, m, fm, segment };
}
