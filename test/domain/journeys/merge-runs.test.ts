import { describe, expect, test } from "vitest";
import { mergeRuns } from "#domain/journeys/merge-runs.ts";
import type { Run } from "#domain/journeys/run.ts";
import type { ProfileId } from "#domain/profile/state.ts";

const WINNER = "p_winner" as ProfileId;
const LOSER = "p_loser" as ProfileId;
const NOW = 1_000;

function aRun(id: string, changed: Partial<Run> = {}): Run {
  return {
    id,
    journey: "welcome",
    definitionVersion: 1,
    profileId: WINNER,
    entryKey: id,
    enteredAt: 1,
    cause: { factId: id },
    next: 0,
    arms: [],
    consumed: [],
    visited: [0],
    waiting: { for: "time", until: 5 },
    ...changed,
  };
}

describe("runs of people who turn out to be one", () => {
  test("of a journey that both walk, the older run goes on", () => {
    const ofWinner = aRun("a", { enteredAt: 9 });
    const ofLoser = aRun("b", { enteredAt: 3, profileId: LOSER });
    const { changed } = mergeRuns(WINNER, [ofWinner], [ofLoser], NOW);
    const byId = new Map(changed.map((run) => [run.id, run]));
    expect(byId.get("b")).toEqual({ ...ofLoser, profileId: WINNER });
    expect(byId.get("a")).toMatchObject({ outcome: { kind: "exited", at: NOW, why: "merged" } });
    expect(byId.get("a")).not.toHaveProperty("waiting");
  });

  test("ended runs and runs of other journeys move as they are", () => {
    const ended = aRun("c", { profileId: LOSER, outcome: { kind: "finished", at: 2 } });
    const other = aRun("d", { profileId: LOSER, journey: "birthday" });
    const { changed } = mergeRuns(WINNER, [aRun("a")], [ended, other], NOW);
    expect(changed).toEqual([
      { ...ended, profileId: WINNER },
      { ...other, profileId: WINNER },
    ]);
  });

  test("doing it twice changes nothing more", () => {
    const once = mergeRuns(WINNER, [aRun("a")], [aRun("b", { profileId: LOSER })], NOW).changed;
    const after = [...new Map([aRun("a"), ...once].map((run) => [run.id, run])).values()];
    expect(mergeRuns(WINNER, after, [], NOW).changed).toEqual([]);
  });
});
