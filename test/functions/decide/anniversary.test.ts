import { expect, test } from "vitest";
import { decideFacts } from "#domain/journeys/decide-facts.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { wake } from "#functions/wake/wake.ts";
import { openJourneyWorld } from "../../support/journey-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;

const BIRTHDAY = {
  kind: "journey",
  name: "birthday",
  trigger: { anniversary: { trait: "birthday", before: "3d", at: "09:00" } },
  steps: [{ send: { channel: "log", template: "hello", category: "transactional" } }],
};
const TEMPLATE = {
  kind: "template",
  name: "hello",
  channel: "log",
  category: "transactional",
  locales: { en: { body: "hello" } },
};
const ZONE = { kind: "setting", name: "project", timeZone: "Asia/Shanghai" };

async function openWorld(birthday: string, timezone?: string) {
  const world = openJourneyWorld(BIRTHDAY, TEMPLATE, ZONE);
  const { ports, journeys, clock } = world;
  const decide = () => decideFacts(journeys, ports.facts.published.splice(0));
  const traits = { birthday, ...(timezone !== undefined && { timezone }) };
  await foldBatch(ports, [anEvent("m-1", { type: "identify", traits })]);
  await decide();
  /** When touches are asked for, looking each half hour. */
  async function watch(days: number): Promise<string[]> {
    const asked: string[] = [];
    for (const end = clock.now + days * DAY; clock.now < end; clock.now += HOUR / 2) {
      const before = journeys.touches.all().length;
      await wake(ports);
      await decide();
      if (journeys.touches.all().length > before) asked.push(new Date(clock.now).toISOString());
    }
    return asked;
  }
  return { ...world, watch };
}

test("an anniversary lets in so many days before, at the time of the person's clocks, each year once", async () => {
  const { watch, journeys } = await openWorld("1990-11-30");
  expect(new Date(NOON).toISOString()).toBe("2026-11-20T12:00:00.000Z");
  expect(await watch(30)).toEqual(["2026-11-27T01:00:00.000Z"]);
  expect(journeys.runs.all()).toHaveLength(1);
  expect(await watch(360)).toEqual(["2027-11-27T01:00:00.000Z"]);
});

test("a person in another zone is reached at nine there, on that day", async () => {
  const { watch } = await openWorld("1990-11-30", "America/New_York");
  expect(await watch(12)).toEqual(["2026-11-27T14:00:00.000Z"]);
});

test("who tells of a birthday that is near is reached at once", async () => {
  const { journeys } = await openWorld("1990-11-21");
  expect(journeys.touches.all()).toHaveLength(1);
});
