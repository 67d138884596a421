import { zstdDecompressSync } from "node:zlib";
import type { Run } from "#domain/journeys/run.ts";
import type { ItemChange, MemoryDynamo } from "../../../support/memory-dynamo.ts";
import type { Journal } from "../../checks/journal.ts";
import { MESSAGE_CONFIG } from "../message-config.ts";
import { ENTERED_BY } from "../message-definitions.ts";

/** Everyone of its segment enters a campaign by the same occasion. */
const CAMPAIGN = "campaign";

/** Every event that lets in lets in once, and every run comes to one end. */
export function watchRuns(on: {
  journal: Journal;
  dynamo: MemoryDynamo;
  complain: (law: string, what: string) => void;
  count: (metric: string, n: number) => void;
}) {
  const { journal, complain, count } = on;
  const runs = new Map<string, Run>();
  const runIds = new Map<string, Set<string>>();
  const outcomes = new Map<string, Set<string>>();

  on.dynamo.onChange((change) => {
    const { table, before, after } = change;
    if (table !== MESSAGE_CONFIG.STRATA_TABLE_RUNS || !(after ?? before)?.sk?.S?.startsWith("run#")) return;
    const place = `${(after ?? before)?.pk?.S} ${(after ?? before)?.sk?.S}`;
    const was = runs.get(place);
    const run = runOf(after);
    if (!run) return void runs.delete(place);
    runs.set(place, run);
    const entry = `${run.journey} ${run.entryKey}`;
    runIds.set(entry, (runIds.get(entry) ?? new Set()).add(run.id));
    const { outcome } = run;
    if (!outcome) return;
    // What somebody who stood still writes of one who was merged meanwhile goes nowhere: the winner has the run already.
    const isMerged = journal.people.get(run.profileId)?.mergedInto !== undefined;
    if (!isMerged) outcomes.set(run.id, (outcomes.get(run.id) ?? new Set()).add(`${outcome.kind} ${outcome.at}`));
    if (!was?.outcome && run.movedTo === undefined) count(`runs ${run.journey} ${outcome.kind}`, 1);
  });

  /** Every event that lets in has let in, once. */
  function checkEntries(): void {
    const byMessage = new Map<string, Set<string>>();
    for (const fact of journal.factRecords.flatMap(({ facts }) => facts)) {
      if (fact.kind !== "event") continue;
      byMessage.set(fact.messageId, (byMessage.get(fact.messageId) ?? new Set()).add(fact.factId));
    }
    for (const [messageId, { events }] of journal.firstRecord) {
      const event = events.find((one) => one.messageId === messageId);
      const journey = event?.event === undefined ? undefined : ENTERED_BY.get(event.event);
      if (journey === undefined) continue;
      const ids = [...(byMessage.get(messageId) ?? [])].flatMap((id) => [...(runIds.get(`${journey} ${id}`) ?? [])]);
      if (ids.length !== 1)
        complain(ids.length === 0 ? "not-entered" : "entered-twice", `${messageId}: ${ids.length} runs`);
    }
  }

  return {
    all: () => [...runs.values()],

    open: (): string[] =>
      [...runs.values()]
        .filter(({ outcome, owed, movedTo }) => movedTo === undefined && (!outcome || owed))
        .map(({ id, journey, owed }) => `the run ${id} of ${journey} ${owed ? "owes" : "lives"}`),

    check(): void {
      for (const [entry, ids] of runIds)
        if (ids.size > 1 && !entry.startsWith(`${CAMPAIGN} `))
          complain("entered-twice", `${entry}: ${[...ids].join(" ")}`);
      for (const [id, ends] of outcomes) if (ends.size > 1) complain("two-ends", `${id}: ${[...ends].join(", ")}`);
      for (const { id, journey, movedTo } of runs.values())
        if (movedTo !== undefined) complain("moved", `the run ${id} of ${journey} is on its way to ${movedTo}`);
      checkEntries();
    },
  };
}

function runOf(item: ItemChange["after"]): Run | undefined {
  return item?.b?.B && (JSON.parse(zstdDecompressSync(item.b.B).toString("utf8")) as Run);
}
