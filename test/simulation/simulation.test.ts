import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ChannelName } from "#events/definitions/template.ts";
import { findPlanted } from "./find-planted.ts";
import { replaceOnce } from "./plant.ts";
import { PLANTED_BUGS } from "./planted-bugs.ts";
import { type Population, WORLDS } from "./population.ts";
import { runSeed } from "./run-seed.ts";
import { runSeries } from "./run-series.ts";
import { FAULTS, type Fault } from "./weather.ts";

describe("the real handlers under every fault", () => {
  test("200 seeds break no law", { timeout: 300_000 }, async () => {
    const sums = { seeds: 0, merges: 0, strikes: 0, stalls: 0, woken: 0, slices: 0 };
    const failed: string[] = [];
    await runSeries({ from: 0, to: 200 }, 2, ({ seed, violations: [first], merges, strikes, stalls, counted }) => {
      sums.seeds++;
      sums.merges += merges;
      sums.strikes += strikes;
      sums.stalls += stalls;
      sums.woken += counted.PeopleWoken ?? 0;
      sums.slices += counted.SliceMessages ?? 0;
      if (first) failed.push(`npm run simulate -- --seed ${seed}: ${first.law}: ${first.what}`);
      return false;
    });
    expect(failed).toEqual([]);
    // A simulation in which nothing happens would find nothing.
    expect(sums.seeds).toBe(200);
    expect(sums.merges).toBeGreaterThan(100);
    expect(sums.strikes).toBeGreaterThan(5000);
    expect(sums.stalls).toBeGreaterThan(100);
    expect(sums.woken).toBeGreaterThan(300);
    expect(sums.slices).toBeGreaterThan(5000);
  });

  test("nor do 12 seeds in which messages are sent", { timeout: 300_000 }, async () => {
    const failed: string[] = [];
    const covered: Record<string, number> = {};
    const series = { from: 0, to: 12, world: WORLDS.messages };
    await runSeries(series, 2, ({ seed, violations: [first], counted }) => {
      for (const [name, n] of Object.entries(counted)) covered[name] = (covered[name] ?? 0) + n;
      if (first) failed.push(`npm run simulate -- --world messages --seed ${seed}: ${first.law}: ${first.what}`);
      return false;
    });
    expect(failed).toEqual([]);
    const happened = [
      "touches unknown timed_out",
      "touches stopped suppressed",
      "opt-outs answered",
      "receipts answered",
    ];
    const sent = ChannelName.options.map((channel) => `touches sent by ${channel}`);
    for (const name of [...happened, ...sent, "receipts forged", "links followed", "runs campaign finished"])
      expect(covered[name], name).toBeGreaterThan(0);
  });

  test("a storm changes nothing in who people are and what they are in", { timeout: 120_000 }, async () => {
    const world = WORLDS.days;
    const undisturbed = { kinds: new Set(Object.keys(FAULTS) as Fault[]), strikes: new Set<number>() };
    for (const seed of [1, 2, 3]) {
      const [stormy, calm] = [await runSeed({ seed, world }), await runSeed({ seed, world, mercy: undisturbed })];
      expect(stormy.strikes.size).toBeGreaterThan(20);
      expect(calm.strikes.size).toBe(0);
      expect(stormy.summary).toBe(calm.summary);
    }
  });

  test("one seed always tells the same story", async () => {
    const play = async (seed: number, world?: Population) => {
      const lines: string[] = [];
      await runSeed({ seed, ...(world && { world }), tell: (line) => lines.push(line) });
      return lines;
    };
    // In the last of them mail goes by SES, and texts by Alibaba Cloud and AWS.
    for (const [seed, world] of [[3], [8], [15, WORLDS.messages]] as const) {
      const first = await play(seed, world);
      expect(first.length).toBeGreaterThan(50);
      expect(await play(seed, world)).toEqual(first);
    }
  });
});

describe("planted bugs", () => {
  test("are found, and the law that each breaks is told", { timeout: 120_000 }, async () => {
    const names = ["missing version condition", "outbox cleared before publishing", "acknowledging a failed record"];
    const found = await findPlanted({ from: 0, threads: 2, names }, () => {});
    expect(found.map(({ name, law }) => [name, law !== undefined])).toEqual(names.map((name) => [name, true]));
  });

  test("change texts that the product has, exactly once", () => {
    const patches = PLANTED_BUGS.flatMap(({ name, patches: own }) => own.map((patch) => ({ name, patch })));
    for (const { name, patch } of patches) {
      const text = readFileSync(new URL(`../../${patch.file}`, import.meta.url), "utf8");
      expect(() => replaceOnce(name, text, patch)).not.toThrow();
    }
  });

  test("must find the text that they change, exactly once", () => {
    const patch = { file: "a.ts", find: "x = 1", replace: "x = 2" };
    expect(replaceOnce("bug", "let x = 1;", patch)).toBe("let x = 2;");
    expect(() => replaceOnce("bug", "let y = 1;", patch)).toThrow("its text is 0 times in a.ts");
    expect(() => replaceOnce("bug", "x = 1; x = 1;", patch)).toThrow("its text is 2 times in a.ts");
  });
});
