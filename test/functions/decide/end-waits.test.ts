import { describe, expect, test } from "vitest";
import { decideFacts } from "#domain/journeys/decide-facts.ts";
import { endWaits } from "#domain/journeys/end-waits.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { wake } from "#functions/wake/wake.ts";
import { openJourneyWorld } from "../../support/journey-ports.ts";
import { anEvent } from "../../support/people.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const RESCUE = {
  kind: "journey",
  name: "rescue",
  trigger: { event: "Product Added" },
  steps: [{ wait: { for: "1h" } }, { send: { channel: "email", template: "hello", category: "transactional" } }],
};
const TEMPLATE = {
  kind: "template",
  name: "hello",
  channel: "email",
  category: "transactional",
  locales: { en: { subject: "s", body: "b" } },
};

/** Ann waits for an hour. */
async function openWaiting() {
  const world = openJourneyWorld(RESCUE, TEMPLATE);
  const { ports, journeys, clock } = world;
  const [at, identifiers] = [clock.now, [["email", "ann@example.com"]] as [string, string][]];
  await foldBatch(ports, [anEvent("m-1", { event: "Product Added", at, receivedAt: at, identifiers })]);
  await decideFacts(journeys, ports.facts.published.splice(0));
  return { ...world, waits: () => ports.timers.rows().filter(({ kind }) => kind === "wait") };
}

describe("a wait that wake has found over", () => {
  test("is over for a worker whose clock runs behind, too", async () => {
    const { journeys, clock, queues, waits } = await openWaiting();
    const endsAt = clock.now + HOUR;
    clock.now = endsAt - MINUTE;
    expect(await endWaits(journeys, waits(), endsAt + 1)).toEqual([]);
    expect(queues.get("email")?.sent).toHaveLength(1);
  });

  test("is found again where the run was written and what it owes could not be done", async () => {
    const { ports, journeys, clock, queues, waits } = await openWaiting();
    clock.now += HOUR;
    const save = journeys.touches.save;
    journeys.touches.save = () => Promise.reject(new Error("no store"));
    await wake(ports);
    expect(queues.get("email")?.sent).toEqual([]);
    journeys.touches.save = save;
    clock.now += MINUTE;
    await wake(ports);
    expect(queues.get("email")?.sent).toHaveLength(1);
    expect(waits()).toEqual([]);
  });
});
