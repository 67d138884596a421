import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryStory, openDecideWorld } from "./decide-world.ts";

describe("the laws of deciding, whatever is redelivered, killed or done by several at once", () => {
  test("each trigger lets in once, each run has one end, each touch is asked for once and none is forgotten", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryStory, async (story) => {
        const world = openDecideWorld(story);
        await world.play();
        await world.calm();
        const runs = world.journeys.runs.all();
        const entries = runs.map(({ journey, entryKey }) => `${journey} ${entryKey}`);
        expect(new Set(entries).size).toBe(entries.length);
        for (const run of runs) {
          expect(run).toHaveProperty("outcome");
          expect(run).not.toHaveProperty("owed");
        }
        // A run that was frozen and moved may be ended by the merge alone: never two ways.
        for (const [id, ends] of world.outcomes) expect([id, [...ends]]).toEqual([id, [[...ends][0]]]);
        const touches = world.journeys.touches.all();
        const expected = runs.flatMap(({ id, journey, outcome, next }) => {
          if (journey === "cart-rescue") return outcome?.kind === "finished" && next > 1 ? [`${id} steps.2.send`] : [];
          if (outcome?.kind === "finished") return [`${id} steps.0.send`, `${id} steps.2.send`];
          return [`${id} steps.0.send`];
        });
        const asked = touches.map(({ runId, path }) => `${runId} ${path}`);
        expect(asked.toSorted()).toEqual(expected.toSorted());
        for (const { id, state, channel } of touches) {
          const isQueued = world.queues.get(channel)?.sent.some(({ touchId }) => touchId === id);
          expect([state, isQueued]).toEqual(state === "requested" ? ["requested", true] : ["stopped", false]);
        }
        expect(world.ports.timers.rows().filter(({ kind, at }) => kind === "wait" && at <= world.clock.now)).toEqual(
          [],
        );
      }),
      { numRuns: Number(process.env.LAW_RUNS ?? 300) },
    );
  }, 120_000);
});
