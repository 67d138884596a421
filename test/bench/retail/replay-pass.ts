import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { Totals } from "#events/admin-api/totals.ts";
import { type LocalStack, startLocalStack } from "../../support/local-stack.ts";
import { killFold } from "./kill-fold.ts";
import { runStrata } from "./strata-cli.ts";

/** One way of sending the whole file. */
export interface Pass {
  readonly name: string;
  /** NDJSON of Segment calls. */
  readonly file: string;
  readonly batch: number;
  readonly concurrency: number;
  /** How often the fold dies in the middle of a batch. */
  readonly kills: number;
}

export interface PassResult {
  readonly accepted: number;
  readonly refused: number;
  readonly killed: number;
  readonly totals: z.infer<typeof Totals>;
}

const Replayed = z.object({ accepted: z.int(), refused: z.int() });
const Status = z.object({ quiet: z.boolean(), consumers: z.array(z.object({ backlog: z.int() })) });
/** No progress for so long means that none will come. */
const STUCK_MS = 180_000;

/** Sends the file through HTTP into a fresh local runtime and returns what it then says that it knows. */
export async function replayPass({ file, batch, concurrency, kills }: Pass): Promise<PassResult> {
  const stack = await startLocalStack();
  try {
    const server = ["--url", stack.url, "--token", stack.adminToken];
    await runStrata("apply", "events/examples/definitions/retail", ...server);
    const done = new AbortController();
    const killing = killFold(stack, kills, done.signal);
    const printed = await runStrata(
      ...["replay", file, "--json", "--write-key", stack.writeKeys.store ?? "", "--batch", String(batch)],
      ...["--concurrency", String(concurrency), ...server],
    );
    await waitUntilQuiet(stack);
    done.abort();
    const killed = await killing;
    // A batch whose worker died is delivered again.
    await waitUntilQuiet(stack);
    const totals = Totals.parse(await (await stack.admin("/admin/v1/totals")).json());
    return { ...Replayed.parse(JSON.parse(printed)), killed, totals };
  } finally {
    await stack.stop();
  }
}

async function waitUntilQuiet(stack: LocalStack): Promise<void> {
  let least = Infinity;
  let progressAt = performance.now();
  for (;;) {
    const { quiet, consumers } = Status.parse(await (await stack.admin("/local/status")).json());
    if (quiet) return;
    const backlog = consumers.reduce((sum, consumer) => sum + consumer.backlog, 0);
    if (backlog !== least) progressAt = performance.now();
    least = backlog;
    if (performance.now() - progressAt > STUCK_MS) throw new Error(`the pipeline is stuck with ${backlog} records`);
    await sleep(200);
  }
}
