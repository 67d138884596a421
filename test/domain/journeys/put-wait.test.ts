import { expect, test } from "vitest";
import { putWait } from "#domain/journeys/put-wait.ts";
import { makeMemoryTimerStore } from "../../support/memory-timer-store.ts";
import { NOON } from "../../support/people.ts";

const MINUTE = 60_000;

test("a wait that was over long ago is put to the next minute alone: a row at minutes that are over stays for good", async () => {
  const timers = makeMemoryTimerStore();
  await putWait({ timers, now: () => NOON }, { id: "p_ann/run", at: NOON - 61 * MINUTE, version: 1 });
  expect(timers.rows().map(({ at }) => at)).toEqual([NOON + MINUTE]);
});
