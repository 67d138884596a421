import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { checkPeople } from "./check-people.ts";
import { checkTables } from "./check-tables.ts";
import { readClickStream } from "./click-stream.ts";
import { sendEverything, type Traffic } from "./clients.ts";
import { applyDefinitions } from "./definitions.ts";
import { Findings } from "./findings.ts";
import { planKills } from "./kill-plan.ts";
import { carryOut, type Toll } from "./killer.ts";
import { keepAccounts } from "./ledger.ts";
import { MortalRuntime } from "./mortal-runtime.ts";
import { type Sample, takePeak, takeSample } from "./resources.ts";
import { readRetailStream } from "./retail-stream.ts";
import { SeededRandom } from "./seeded-random.ts";

export interface TortureOptions {
  readonly kills: number;
  readonly seed: number;
  /** How many visitors walk each session of the click stream. */
  readonly visitors: number;
  /** Keeps the data directory, for a look at what went wrong. */
  readonly keep?: boolean;
}

export interface Progress {
  readonly step: "starting" | "killing" | "settling" | "checking";
  readonly kills: number;
  /** Share of the calls that are accepted. */
  readonly sent: number;
  readonly sample: Sample;
}

export interface TortureResult {
  readonly people: number;
  readonly calls: number;
  readonly traffic: Readonly<Traffic>;
  readonly tolls: readonly Toll[];
  /** Starts after a kill -9, ms until ready. */
  readonly starts: readonly number[];
  readonly comparisons: number;
  readonly violations: readonly string[];
  readonly peak: Sample;
  readonly last: Sample;
  readonly seconds: { readonly killing: number; readonly all: number };
  readonly dataDir: string;
}

const sampleEveryMs = 1_000;

/**
 * Replays a shop's history and a click stream through HTTP into the real runtime while killing its functions and all of
 * it, then checks that everybody has exactly what was sent. The seed decides what is sent and what is killed when, as far
 * as a plan can: what the machine does meanwhile, no seed decides.
 */
export async function torture(
  { kills, seed, visitors, keep = false }: TortureOptions,
  report: (progress: Progress) => void = () => undefined,
): Promise<TortureResult> {
  const begun = performance.now();
  const random = new SeededRandom(seed);
  const senders = [...readRetailStream(), ...readClickStream(visitors, random)].filter(({ calls }) => calls.length > 0);
  const accounts = keepAccounts(senders);
  const calls = senders.reduce((sum, sender) => sum + sender.calls.length, 0);
  const plan = planKills(kills, random);

  const dataDir = mkdtempSync(path.join(tmpdir(), "strata-torture-"));
  const runtime = await MortalRuntime.start(dataDir);
  const cleanUp = (): void => {
    runtime.end();
    if (!keep) rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  process.once("exit", cleanUp);
  const traffic: Traffic = { accepted: 0, requests: 0, retries: 0, duplicates: 0 };
  const tolls: Toll[] = [];
  const findings = new Findings();
  let step: Progress["step"] = "starting";
  let last = takeSample(runtime.stack.pid, dataDir);
  let peak = last;
  const watch = setInterval(() => {
    last = takeSample(runtime.stack.pid, dataDir);
    peak = takePeak(peak, last);
    report({ step, kills: tolls.length, sent: traffic.accepted / calls, sample: last });
  }, sampleEveryMs);
  try {
    const tagKeys = await applyDefinitions(runtime.stack);

    step = "killing";
    const killingSince = performance.now();
    const pace = new Pace(() => traffic.accepted / calls, 1 / (kills + 1));
    const killAll = async (): Promise<void> => {
      for (const kill of plan) {
        await pace.reach(kill.at);
        tolls.push(await carryOut(kill, runtime));
      }
      pace.open();
    };
    const sending = sendEverything(senders, runtime.stack, traffic, random, () => pace.mayGoOn());
    await Promise.all([sending.finally(() => pace.open()), killAll()]);
    const killing = (performance.now() - killingSince) / 1000;

    step = "settling";
    await settle(runtime);

    step = "checking";
    await checkPeople(runtime.stack, accounts, tagKeys, findings);
    clearInterval(watch);
    last = takeSample(runtime.stack.pid, dataDir);
    peak = takePeak(peak, last);
    await runtime.stack.stop();
    await checkTables(dataDir, accounts.length, findings);
    const { violations, comparisons } = findings;
    const seconds = { killing, all: (performance.now() - begun) / 1000 };
    const { starts } = runtime;
    const people = accounts.length;
    return { people, calls, traffic, tolls, starts, comparisons, violations, peak, last, seconds, dataDir };
  } finally {
    clearInterval(watch);
    process.off("exit", cleanUp);
    cleanUp();
  }
}

/** What a function gave up on is taken in again by a rule every five minutes: the clock is moved past it. */
async function settle({ stack }: MortalRuntime): Promise<void> {
  await stack.quiet();
  const moved = await stack.admin("/local/clock", { method: "POST", body: JSON.stringify({ advance: "11m" }) });
  if (!moved.ok) throw new Error(`/local/clock answered ${moved.status}: ${await moved.text()}`);
  await stack.quiet();
}

/** Holds the clients back so that the kills meet traffic until the end. */
class Pace {
  readonly #sent: () => number;
  readonly #step: number;
  #limit: number;
  #raisedAt = performance.now();
  #isOpen = false;

  /** @param step the share of the traffic that belongs to one kill */
  constructor(sent: () => number, step: number) {
    this.#sent = sent;
    this.#step = step;
    this.#limit = step;
  }

  /** Lets the traffic come as far as `share` and returns once it has. */
  async reach(share: number): Promise<void> {
    this.#limit = share + this.#step;
    this.#raisedAt = performance.now();
    while (!this.#isOpen && this.#sent() < share) await delay(5);
  }

  /** While a kill waits for its victim to be invoked, traffic goes on slowly. */
  async mayGoOn(): Promise<void> {
    while (!this.#isOpen && this.#sent() > this.#limit + this.#drift()) await delay(10);
  }

  /** No limit any more. */
  open(): void {
    this.#isOpen = true;
  }

  #drift(): number {
    return (this.#step * (performance.now() - this.#raisedAt)) / 2_000;
  }
}
