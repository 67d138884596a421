import type { MembershipKey } from "#domain/profile/state.ts";
import { checkAnswer, WrongAnswerError } from "../benchmark.ts";
import { noTableCounts } from "../cost/counted-dynamo.ts";
import type { ExpectedRun } from "./expect-run.ts";
import type { CountedRun, RetierBench } from "./run-retier.ts";

/** Throws WrongAnswerError unless a run over `people` people found what was counted another way, wrote those who changed,
 *  each once, and nobody else. `changed` is 0 of a second run. */
export async function checkRun(
  { ports }: RetierBench,
  counted: CountedRun,
  { people, expected, changed }: { people: number; expected: ExpectedRun; changed: number },
): Promise<void> {
  const { run, tables, facts } = counted;
  checkAnswer("status", run.status, "done");
  checkAnswer("people seen", run.people.seen, people);
  checkAnswer("people changed", run.people.changed, changed);
  checkAnswer("people who could not be evaluated", run.people.failed, 0);
  checkAnswer("rows repaired", run.repaired, 0);
  const profiles = tables.get("Profiles") ?? noTableCounts();
  checkAnswer("profiles read, in two scans", profiles.reads, 2 * people);
  checkAnswer("profiles written", profiles.puts, changed);
  checkAnswer("outboxes cleared", profiles.updates, changed);
  checkAnswer("profiles deleted", profiles.deletes, 0);
  // Out of one tier and into another.
  checkAnswer("facts", run.facts, 2 * changed);
  checkAnswer("records of facts", facts.records, changed);
  checkAnswer("rows of members", (tables.get("Tags") ?? noTableCounts()).puts, 2 * changed);
  checkAnswer("timers", (tables.get("Timers") ?? noTableCounts()).puts, 0);
  await checkFound(ports, expected);
}

/** What the run found, and keeps. */
async function checkFound({ bundles, metrics }: RetierBench["ports"], { high, middle, members }: ExpectedRun) {
  const { thresholds } = await bundles.current();
  const [spent] = Object.values(thresholds?.values ?? {});
  if (!spent) throw new WrongAnswerError("no thresholds");
  checkAnswer(
    "thresholds, in pence",
    JSON.stringify(spent),
    JSON.stringify([
      [0.5, middle],
      [0.8, high],
    ]),
  );
  for (const [key, people] of members) {
    const counted = await metrics.lastMembershipCount(key as MembershipKey);
    checkAnswer(`members of ${key}`, counted?.count ?? 0, people);
  }
}
