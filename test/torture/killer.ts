import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import type { PlannedKill, Victim } from "./kill-plan.ts";
import type { MortalRuntime } from "./mortal-runtime.ts";

const Remaining = z.object({
  kills: z.record(z.string(), z.int()),
  killed: z.record(z.string(), z.object({ running: z.int(), answered: z.int() })),
});

/** What was killed so far. */
export interface Toll {
  readonly victim: Victim;
  /** While it worked, or after it had answered, so that only its answer was lost. Whole runtimes always work. */
  readonly struck: "working" | "answered";
}

/** So long a kill waits for its function to be invoked before another function's worker is killed in its place. */
const strikeLimitMs = 20_000;

/** Carries out one kill and returns what died. */
export async function carryOut(kill: PlannedKill, runtime: MortalRuntime): Promise<Toll> {
  const { victim, afterMs } = kill;
  if (victim === "runtime") {
    await delay(afterMs);
    await runtime.killAndStart();
    return { victim, struck: "working" };
  }
  if (victim === "runtime twice") {
    await runtime.killTwiceAndStart(afterMs);
    return { victim, struck: "working" };
  }
  const before = await ask(runtime, { killHandler: victim, times: 1, afterMs });
  const until = performance.now() + strikeLimitMs;
  while (performance.now() < until) {
    const now = Remaining.parse(await (await runtime.stack.admin("/local/faults")).json()).killed[victim];
    const were = before.killed[victim] ?? { running: 0, answered: 0 };
    if (now && now.running > were.running) return { victim, struck: "working" };
    if (now && now.answered > were.answered) return { victim, struck: "answered" };
    await delay(15);
  }
  await ask(runtime, { killHandler: victim, times: 0 });
  if (victim === "Collect") throw new Error("no request reached collection within 20 s");
  // Nobody's tags change any more: the next function upstream.
  return carryOut({ ...kill, victim: victim === "Index" ? "Fold" : "Collect" }, runtime);
}

async function ask(runtime: MortalRuntime, request: object): Promise<z.infer<typeof Remaining>> {
  const response = await runtime.stack.admin("/local/faults", { method: "POST", body: JSON.stringify(request) });
  if (!response.ok) throw new Error(`/local/faults answered ${response.status}: ${await response.text()}`);
  return Remaining.parse(await response.json());
}
