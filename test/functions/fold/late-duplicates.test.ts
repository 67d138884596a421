import { describe, expect, test } from "vitest";
import { comparableState } from "../../support/comparable-state.ts";
import { NOON } from "../../support/people.ts";
import { openPipeline, remembered } from "../../support/pipeline.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function views(prefix: string, count: number, who: object, at = NOON) {
  return Array.from({ length: count }, (_, n) => ({
    type: "track",
    event: "Product Viewed",
    messageId: `${prefix}-${n}`,
    timestamp: new Date(at - n * 1000).toISOString(),
    ...who,
  }));
}

const ann = { userId: "ann" };
const browser = { anonymousId: "browser-1" };

describe("messages that arrive again", () => {
  test("25 hours and 6 days later change nothing, though others came in between", async () => {
    const { send, personOf, ports } = openPipeline();
    const first = views("first", 200, ann);
    await send(first, NOON);
    for (let day = 1; day <= 6; day++) {
      await send(views(`day-${day}`, 20, ann, NOON + day * DAY), NOON + day * DAY);
      const before = await personOf("userId", "ann");
      await send(first, NOON + (day === 1 ? 25 * HOUR : day * DAY));
      const after = await personOf("userId", "ann");
      expect([after.version, comparableState(after.state)]).toEqual([before.version, comparableState(before.state)]);
    }
    expect(ports.counted.get("DuplicatesDropped")).toBe(6 * 200);
    expect(ports.counted.get("EventsFolded")).toBe(200 + 6 * 20);
    const { events } = await ports.activity.list((await personOf("userId", "ann")).id, { limit: 1_000 });
    expect(events).toHaveLength(200 + 6 * 20);
  });

  test("after the people who sent them were merged change nothing either", async () => {
    const { send, personOf, living } = openPipeline();
    const [known, visited] = [views("known", 30, ann), views("visited", 30, browser)];
    await send(known);
    await send(visited);
    await send([{ type: "identify", messageId: "login", ...ann, ...browser }], NOON + HOUR);
    const before = await personOf("userId", "ann");
    for (const later of [25 * HOUR, 6 * DAY]) await send([...visited, ...known], NOON + later);
    const after = await personOf("userId", "ann");
    expect(living()).toHaveLength(1);
    expect([...after.state.features.values()].map((buckets) => buckets.get(0))).toEqual([60]);
    expect([after.version, comparableState(after.state)]).toEqual([before.version, comparableState(before.state)]);
  });
});

describe("the memory of a heavy person", () => {
  const days = [0, 1, 2, 3, 4];
  const heavy = (perDay: number) => days.map((day) => views(`day-${day}`, perDay, ann, NOON + day * DAY));

  test("holds 2,000 messages of a week, and no metric complains", async () => {
    const { send, personOf, ports } = openPipeline();
    const batches = heavy(400);
    for (const [day, calls] of batches.entries()) await send(calls, NOON + day * DAY);
    expect(ports.counted.get("DedupeMemoryTruncated") ?? 0).toBe(0);
    const before = await personOf("userId", "ann");
    for (const calls of batches) await send(calls, NOON + 5 * DAY);
    expect(comparableState((await personOf("userId", "ann")).state)).toEqual(comparableState(before.state));
  });

  test("is cut short past that, which a metric tells; what it still holds is harmless", async () => {
    const { send, personOf, ports } = openPipeline();
    const batches = heavy(500);
    for (const [day, calls] of batches.entries()) await send(calls, NOON + day * DAY);
    expect(ports.counted.get("DedupeMemoryTruncated")).toBeGreaterThan(0);
    const before = await personOf("userId", "ann");
    expect(before.state.seen.size).toBe(2_000);
    expect(before.state.truncated).toContain("seen");
    for (const calls of batches.slice(1)) {
      expect(
        remembered(
          before,
          calls.map(({ messageId }) => messageId),
        ),
      ).toHaveLength(500);
      await send(calls, NOON + 5 * DAY);
    }
    expect(comparableState((await personOf("userId", "ann")).state)).toEqual(comparableState(before.state));
  });
});
