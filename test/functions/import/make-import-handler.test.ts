import type { SQSEvent } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { makeImportHandler } from "#functions/import/make-import-handler.ts";
import { makeImportHarness } from "../../support/import-harness.ts";

function eventOf(...bodies: string[]): SQSEvent {
  return { Records: bodies.map((body, n) => ({ messageId: `m${n}`, body })) } as unknown as SQSEvent;
}

function makeHandler(change: object = {}) {
  const harness = makeImportHarness();
  const logged: { message: string; context: Record<string, unknown> }[] = [];
  const counted = new Map<string, number>();
  const log = (message: string, context: Record<string, unknown>) => void logged.push({ message, context });
  const handle = makeImportHandler(
    { ...harness.ports, ...change },
    {
      log: { info: log as never, warn: log as never },
      count: (metric, n) => void counted.set(metric, (counted.get(metric) ?? 0) + n),
    },
  );
  return { ...harness, handle, logged, counted };
}

describe("the import function", () => {
  test("works the import that a message names, and logs no identifier", async () => {
    const { handle, started, job, logged, counted, person, clock } = makeHandler();
    await person("ann", [["email", "ann@x.org"]]);
    const importId = await started("email\nann@x.org\nnobody@x.org\n");
    const answer = await handle(eventOf(JSON.stringify({ importId })), clock.now + 900_000);
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(await job(importId)).toMatchObject({ status: "done", rows: { applied: 1, refused: 1 } });
    expect(logged).toEqual([{ message: "import_turn", context: { importId, turn: "ended" } }]);
    expect(counted.get("ImportsEnded")).toBe(1);
  });

  test("hands over before its time is up, and the next goes on from there", async () => {
    const { handle, started, job, ports, person, clock } = makeHandler();
    await person("ann", [["email", "ann@x.org"]]);
    const importId = await started(`email\n${"nobody@x.org\n".repeat(1_200)}ann@x.org\n`);
    const message = eventOf(JSON.stringify({ importId }));
    await handle(message, clock.now + 1_000);
    expect(await job(importId)).toMatchObject({ status: "running", rows: { read: 500 } });
    expect(ports.queue.take()).toContainEqual({ importId });
    await handle(message, clock.now + 1_000);
    await handle(message, clock.now + 900_000);
    expect(await job(importId)).toMatchObject({ status: "done", rows: { read: 1_201, applied: 1, refused: 1_200 } });
    expect(ports.objects.errors(importId)).toHaveLength(1_200);
  });

  test("tries later what a store did not answer; after nine times without a step it is for an operator", async () => {
    const down = { find: () => Promise.reject(new Error("down")) };
    const base = makeImportHarness();
    const { handle, started, job, counted, clock, ports } = makeHandler({
      identities: { ...base.ports.identities, ...down },
    });
    const importId = await started("email\nann@x.org\n");
    const message = eventOf(JSON.stringify({ importId }));
    for (let time = 1; time <= 8; time++) {
      expect(await handle(message, clock.now + 900_000)).toEqual({ batchItemFailures: [] });
      expect(await job(importId)).toMatchObject({ status: "running", setbacks: time });
      expect(ports.queue.take()).toContainEqual({ importId });
    }
    expect(await handle(message, clock.now + 900_000)).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
    expect(counted.get("ImportAttemptsFailed")).toBe(1);
  });

  test("fails a message that means nothing, and drops one of an import that is not there", async () => {
    const { handle, clock } = makeHandler();
    const answer = await handle(eventOf("{}", "not JSON", '{"importId":"im_none"}'), clock.now + 900_000);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }, { itemIdentifier: "m1" }] });
  });
});
