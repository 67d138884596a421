import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, test } from "vitest";
import { SteeredClock } from "../../infra/local/clock.ts";
import { Faults, type Kill } from "../../infra/local/faults.ts";
import { FunctionHost } from "../../infra/local/handlers/function-host.ts";

const source = `
console.log("loaded");
let calls = 0;
export const handler = async (event, context) => {
  calls += 1;
  if (event.do === "throw") throw new TypeError("bad " + event.what);
  if (event.do === "exit") process.exit(3);
  if (event.do === "collapse") setTimeout(() => { throw new RangeError("out of the blue"); });
  if (event.do === "collapse") await new Promise(() => {});
  if (event.do === "answer at length") return "x".repeat(200_000);
  if (event.do === "hang") await new Promise(() => setInterval(() => {}, 1000));
  if (event.do === "spin") for (;;);
  if (event.do === "wait") await new Promise((resolve) => setTimeout(resolve, event.ms));
  return {
    calls, now: Date.now(), created: new Date().getTime(), text: Date(), isDate: new Date(0) instanceof Date,
    fixed: new Date(2020, 0, 1).getFullYear(), environment: process.env.STRATA_X, home: process.env.HOME ?? null,
    requestId: context.awsRequestId, remaining: context.getRemainingTimeInMillis(),
  };
};`;

const hosts: FunctionHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
});

function makeHost({ timeoutMs = 5_000, concurrency = 2 } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "strata-function-"));
  writeFileSync(path.join(folder, "index.mjs"), source);
  const clock = new SteeredClock(path.join(folder, "clock.json"));
  const logFile = path.join(folder, "Test.log");
  const arn = "arn:aws:lambda:us-east-1:000000000000:function:Test";
  const plan = { name: "Test", arn, folder, handler: "index.handler", timeoutMs, memoryMb: 128, environment: {} };
  const host = new FunctionHost({ plan, environment: { STRATA_X: "x" }, clock: clock.shared, logFile, concurrency });
  hosts.push(host);
  const invoke = async (event: unknown, kill?: Kill) => {
    const outcome = await host.invoke(event, kill);
    return { ...outcome, result: outcome.ok ? (JSON.parse(outcome.payload) as Record<string, unknown>) : undefined };
  };
  return { invoke, clock, readLog: () => readFileSync(logFile, "utf8") };
}

describe("a function's host", () => {
  test("runs the bundle with its own environment and a context", async () => {
    const { invoke, readLog } = makeHost();
    const { result, requestId } = await invoke({});
    expect(result).toMatchObject({ calls: 1, environment: "x", home: null, requestId, fixed: 2020, isDate: true });
    expect(result?.remaining).toBeGreaterThan(4_000);
    expect(readLog()).toContain("loaded");
  });

  test("keeps its environment warm", async () => {
    const { invoke } = makeHost();
    await invoke({});
    expect((await invoke({})).result?.calls).toBe(2);
  });

  test("follows the steered clock in every way of asking for the time", async () => {
    const { invoke, clock } = makeHost();
    await invoke({});
    const target = Date.now() + 40 * 86_400_000;
    clock.set(target);
    const { result } = await invoke({});
    expect(Number(result?.now) - target).toBeLessThan(5_000);
    expect(Number(result?.now)).toBeGreaterThanOrEqual(target);
    expect(Number(result?.created)).toBeGreaterThanOrEqual(Number(result?.now));
    expect(String(result?.text).slice(0, 15)).toBe(new Date(target).toString().slice(0, 15));
  });

  test("reports an error that is thrown, and stays warm", async () => {
    const { invoke, readLog } = makeHost();
    const failed = await invoke({ do: "throw", what: "event" });
    expect(failed).toMatchObject({ ok: false, error: { errorType: "TypeError", errorMessage: "bad event" } });
    expect(readLog()).toContain("bad event");
    expect((await invoke({})).result?.calls).toBe(2);
  });

  test.each(["hang", "spin"])("ends an invocation that goes on past its timeout (%s)", async (what) => {
    // Long enough for a new thread to start on a busy machine: the next invocation has this time limit too.
    const { invoke } = makeHost({ timeoutMs: 3_000 });
    expect(await invoke({ do: what })).toMatchObject({
      ok: false,
      error: { errorType: "Sandbox.Timedout", errorMessage: "Task timed out after 3.00 seconds" },
    });
    expect((await invoke({})).result?.calls).toBe(1);
  });

  test("replaces an environment that exits", async () => {
    const { invoke } = makeHost();
    expect(await invoke({ do: "exit" })).toMatchObject({ ok: false, error: { errorType: "Runtime.ExitError" } });
    expect((await invoke({})).result?.calls).toBe(1);
  });

  test("replaces an environment in which something is thrown that nobody catches, and says what", async () => {
    const { invoke } = makeHost();
    expect(await invoke({ do: "collapse" })).toMatchObject({
      ok: false,
      error: { errorType: "Runtime.ExitError", errorMessage: "RangeError: out of the blue" },
    });
    expect((await invoke({})).result?.calls).toBe(1);
  });

  test("keeps nothing of an invocation once it is answered", async () => {
    const { invoke } = makeHost();
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const measure = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    await invoke({ do: "answer at length" });
    const before = measure();
    for (let n = 0; n < 300; n += 1) await invoke({ do: "answer at length" });
    // All answers together are 60 MB.
    expect(measure() - before).toBeLessThan(15_000_000);
  });

  test("kills an invocation that a fault was asked for, also one that had ended", async () => {
    const { invoke } = makeHost();
    const faults = new Faults();
    await invoke({});
    faults.ask({ killHandler: "Test", times: 2, afterMs: 50 });
    expect(await invoke({ do: "wait", ms: 60_000 }, faults.takeKill("Test"))).toMatchObject({ ok: false });
    faults.ask({ killHandler: "Test", times: 1, afterMs: 60_000 });
    expect(await invoke({}, faults.takeKill("Test"))).toMatchObject({ ok: false });
    expect(faults.takeKill("Test")).toBeUndefined();
    expect(faults.remaining()).toMatchObject({ kills: {}, killed: { Test: { running: 1, answered: 1 } } });
    expect((await invoke({})).result?.calls).toBe(1);
  });

  test("runs as many at once as it may, each in an environment of its own", async () => {
    const { invoke } = makeHost({ concurrency: 2 });
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => invoke({ do: "wait", ms: 20 })));
    const calls = outcomes.map(({ result }) => Number(result?.calls));
    expect(calls.filter((call) => call === 1)).toHaveLength(2);
    expect(calls.reduce((sum, call) => sum + call, 0)).toBeGreaterThan(6);
  });
});
