import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { type LocalStack, startLocalStack } from "../../support/local-stack.ts";
import { touchDefinitions } from "./touch-definitions.ts";

const Status = z.object({ queues: z.array(z.object({ queue: z.string(), calls: z.int() })) });

/** The local runtime with the journey in force, which may call a receiver's port. */
export async function openTouchStack(port: number) {
  const stack = await startLocalStack({ env: { STRATA_WEBHOOK_ALLOWED_HOSTS: `127.0.0.1:${port}` } });
  addSecret(stack);
  const changes = touchDefinitions(port).map((definition) => {
    const { kind, name } = definition;
    return { op: "put", kind, name, definition };
  });
  await succeed(stack.admin("/admin/v1/definitions/apply", { method: "POST", body: JSON.stringify({ changes }) }));
  const authorization = `Basic ${Buffer.from(`${stack.writeKeys.server}:`).toString("base64")}`;
  return {
    stop: () => stack.stop(),
    quiet: () => stack.quiet(),
    async collect(batch: readonly object[]): Promise<void> {
      const body = JSON.stringify({ batch });
      await succeed(fetch(new URL("/v1/batch", stack.url), { method: "POST", headers: { authorization }, body }));
    },
    /** Processor time of the runtime since its start, emulators and all: seconds (proc(5), at 100 ticks a second). */
    readProcessorSeconds(): number {
      const fields = readFileSync(`/proc/${stack.pid}/stat`, "utf8").split(" ");
      return (Number(fields[13]) + Number(fields[14])) / 100;
    },
    /** Calls of SQS for the queue of webhooks since the start. */
    async countCalls(): Promise<number> {
      const { queues } = Status.parse(await (await stack.admin("/local/status")).json());
      return queues.find(({ queue }) => queue.includes("Webhook") && queue.endsWith("Queue"))?.calls ?? Number.NaN;
    },
  };
}

function addSecret({ dataDir }: LocalStack): void {
  const file = path.join(dataDir, "secrets.json");
  const content = JSON.parse(readFileSync(file, "utf8")) as { secrets: Record<string, unknown> };
  content.secrets["strata/hook"] = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
  writeFileSync(file, JSON.stringify(content));
}

async function succeed(asked: Promise<Response>): Promise<void> {
  const response = await asked;
  const answer = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${answer}`);
}
