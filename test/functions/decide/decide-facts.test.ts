import { describe, expect, test } from "vitest";
import { decideFacts } from "#domain/journeys/decide-facts.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { wake } from "#functions/wake/wake.ts";
import { openJourneyWorld } from "../../support/journey-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";

const HOUR = 3_600_000;

const RESCUE = {
  kind: "journey",
  name: "cart-rescue",
  trigger: { event: "Product Added" },
  goal: { event: "Order Completed", within: "3d" },
  steps: [
    { waitFor: { event: "Order Completed", for: "1h", then: "end" } },
    { send: { channel: "email", template: "cart-rescue", category: "transactional" } },
  ],
};
const TEMPLATE = {
  kind: "template",
  name: "cart-rescue",
  channel: "email",
  category: "transactional",
  locales: { en: { subject: "Your cart", body: "<p>Still there</p>" } },
};

function openWorld(...written: unknown[]) {
  const world = openJourneyWorld(...written);
  const { ports, journeys, clock } = world;
  async function happen(event: string, changed = {}): Promise<void> {
    const at = clock.now;
    const { tasks } = await foldBatch(ports, [anEvent(`${event}@${at}`, { event, at, receivedAt: at, ...changed })]);
    const failed = tasks.find(({ state }) => state !== "folded");
    if (failed) throw failed.error;
    await decideFacts(journeys, ports.facts.published.splice(0));
  }
  async function pass(ms: number): Promise<void> {
    clock.now += ms;
    await wake(ports);
    await decideFacts(journeys, ports.facts.published.splice(0));
  }
  return { ...world, ...journeys, happen, pass };
}
const identifiers = [
  ["userId", "u-1"],
  ["email", "ann@example.com"],
];

describe("a cart that is left", () => {
  test("is written about once after the wait", async () => {
    const { runs, touches, timers, happen, pass, queues } = openWorld(RESCUE, TEMPLATE);
    await happen("Product Added", { identifiers, properties: { sku: "mug" } });
    expect(runs.all()).toMatchObject([{ journey: "cart-rescue", waiting: { for: "event", until: NOON + HOUR } }]);
    await pass(HOUR - 1);
    expect(touches.all()).toEqual([]);
    await pass(1);
    expect(touches.all()).toMatchObject([
      {
        state: "requested",
        channel: "email",
        template: "cart-rescue",
        cause: { event: { properties: { sku: "mug" } } },
      },
    ]);
    const [touch] = touches.all();
    expect(queues.get("email")?.sent).toEqual([{ touchId: touch?.id }]);
    expect(runs.all()).toMatchObject([{ outcome: { kind: "finished" } }]);
    await pass(HOUR);
    expect(touches.all()).toHaveLength(1);
    expect(timers.rows()).toEqual([]);
  });

  test("is not written about where the person buys", async () => {
    const { runs, touches, timers, clock, happen, pass } = openWorld(RESCUE, TEMPLATE);
    await happen("Product Added", { identifiers });
    clock.now += HOUR / 2;
    await happen("Order Completed", { identifiers });
    await pass(HOUR);
    expect(touches.all()).toEqual([]);
    expect(runs.all()).toMatchObject([{ outcome: { kind: "goal", at: NOON + HOUR / 2 } }]);
    expect(timers.rows()).toEqual([]);
  });
});
