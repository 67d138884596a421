import { describe, expect, test } from "vitest";
import { decideFacts } from "#domain/journeys/decide-facts.ts";
import { dueCampaigns } from "#domain/journeys/due-campaigns.ts";
import { enterCampaign } from "#domain/journeys/enter-campaign.ts";
import type { MembershipKey } from "#domain/profile/state.ts";
import { makeCalendar } from "#domain/time/calendar.ts";
import type { Fact } from "#events/fact.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { indexFacts } from "#functions/index/index-facts.ts";
import { wake } from "#functions/wake/wake.ts";
import { workCampaign } from "#functions/wake/work-campaign.ts";
import { aJourney } from "../../domain/journeys/a-journey.ts";
import { aBundleOf, openJourneyWorld } from "../../support/journey-ports.ts";
import { makeMemoryTagStore } from "../../support/memory-tag-store.ts";
import { anEvent, NOON } from "../../support/people.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const iso = (at: number) => new Date(at).toISOString();

describe("the occasions of a schedule", () => {
  const due = (schedule: object, from: number, to: number, zone = "UTC") =>
    dueCampaigns(
      [aJourney({ trigger: { schedule: { segment: "all", ...schedule } }, steps: [{ end: true }] })],
      from,
      to,
      makeCalendar(zone),
    ).map(({ at }) => iso(at));
  const at = (text: string) => Date.parse(text);

  test("come once, at the zone's own time, on both sides of a clock change", () => {
    const daily = { cron: "30 9 * * *", zone: "Europe/London" };
    expect(due(daily, at("2026-10-24T00:00Z"), at("2026-10-24T23:59Z"))).toEqual(["2026-10-24T08:30:00.000Z"]);
    expect(due(daily, at("2026-10-25T00:00Z"), at("2026-10-25T23:59Z"))).toEqual(["2026-10-25T09:30:00.000Z"]);
    expect(due(daily, at("2026-10-25T09:30Z"), at("2026-10-25T23:59Z"))).toEqual([]);
  });

  test("of a time that clocks skip or show twice come once", () => {
    const night = { cron: "30 1 * * *" };
    const days = (from: string, to: string) =>
      Array.from({ length: (at(to) - at(from)) / MINUTE }, (_, n) => at(from) + n * MINUTE).flatMap((minute) =>
        due(night, minute, minute + MINUTE, "Europe/London"),
      );
    expect(days("2026-10-25T00:00Z", "2026-10-25T06:00Z")).toHaveLength(1);
    expect(days("2026-03-29T00:00Z", "2026-03-29T06:00Z")).toHaveLength(1);
  });

  test("are the project's time where none is said, and the last of several after an outage", () => {
    const daily = { cron: "0 9 * * *" };
    const [from, to] = [at("2026-11-20T00:00Z"), at("2026-11-22T12:00Z")];
    expect(due(daily, from, to, "Asia/Shanghai")).toEqual(["2026-11-22T01:00:00.000Z"]);
    expect(due({ at: "2026-11-21T10:00:00+08:00" }, from, to)).toEqual(["2026-11-21T02:00:00.000Z"]);
    expect(due({ at: "2026-11-10T10:00:00+08:00" }, at("2026-11-01T00:00Z"), to)).toEqual([]);
  });
});

const CAMPAIGN = {
  kind: "journey",
  name: "spring",
  trigger: { schedule: { at: iso(NOON + 10 * MINUTE), segment: "viewers" } },
  steps: [{ send: { channel: "log", template: "hello", category: "transactional" } }],
};
const SEGMENT = { kind: "segment", name: "viewers", rule: { did: { event: "Product Viewed", within: "2h" } } };
const TEMPLATE = {
  kind: "template",
  name: "hello",
  channel: "log",
  category: "transactional",
  locales: { en: { body: "hello" } },
};

describe("a campaign", () => {
  async function openWorld(...definitions: object[]) {
    const world = openJourneyWorld(...definitions);
    const { ports, journeys, clock } = world;
    const tags = makeMemoryTagStore();
    const campaignPorts = {
      ...ports,
      tags,
      enterCampaign: (...args: Parameters<typeof enterCampaign> extends [unknown, ...infer Rest] ? Rest : never) =>
        enterCampaign(journeys, ...args),
    };
    const view = async (user: string) => {
      await foldBatch(ports, [
        anEvent(`m-${user}`, { identifiers: [["userId", user]], at: clock.now, receivedAt: clock.now }),
      ]);
      await indexFacts({ tags, profiles: ports.profiles, now: ports.now }, ports.facts.published.splice(0));
    };
    const minute = async (minutes = 1) => {
      clock.now += minutes * MINUTE;
      await wake(ports);
      for (const { campaign } of ports.campaigns.take()) await workCampaign(campaignPorts, campaign, `w@${clock.now}`);
    };
    return { ...world, tags, campaignPorts, view, minute };
  }

  test("lets everyone of its segment in once, at its instant, and is then over", async () => {
    const { journeys, view, minute, counted } = await openWorld(CAMPAIGN, SEGMENT, TEMPLATE);
    for (let n = 0; n < 230; n++) await view(`u-${n}`);
    await minute(9);
    expect(journeys.runs.all()).toEqual([]);
    for (let n = 0; n < 4; n++) await minute();
    expect(journeys.runs.all()).toHaveLength(230);
    expect(new Set(journeys.touches.all().map(({ profileId }) => profileId)).size).toBe(230);
    expect(counted.get("CampaignsStarted")).toBe(1);
  });

  test("lets nobody in who is no longer in the segment, whatever the index says", async () => {
    const { ports, journeys, tags, view, minute, clock } = await openWorld(
      { ...CAMPAIGN, trigger: { schedule: { at: iso(NOON + DAY), segment: "viewers" } } },
      SEGMENT,
      TEMPLATE,
    );
    await view("u-1");
    clock.now = NOON + DAY - MINUTE;
    await view("u-2");
    expect((await tags.members("segment:viewers" as MembershipKey, { limit: 9 })).members).toHaveLength(2);
    await minute(1);
    expect(journeys.runs.all()).toHaveLength(1);
    expect(ports.campaigns.sent).toEqual([]);
  });

  test("lets nobody in twice where two work it, where it comes again, or where one dies on the way", async () => {
    const { ports, journeys, campaignPorts, clock, view } = await openWorld(CAMPAIGN, SEGMENT, TEMPLATE);
    for (let n = 0; n < 120; n++) await view(`u-${n}`);
    clock.now += 10 * MINUTE;
    await wake(ports);
    const [message] = ports.campaigns.take();
    if (!message) throw new Error("no campaign");
    let left = 50;
    const dying = {
      ...campaignPorts,
      enterCampaign: async (...args: Parameters<typeof campaignPorts.enterCampaign>) => {
        if (left-- < 0) throw Object.assign(new Error("the worker dies"), { retriable: true });
        await campaignPorts.enterCampaign(...args);
      },
    };
    await expect(workCampaign(dying, message.campaign, "one")).rejects.toThrow("the worker dies");
    expect(journeys.runs.all().length).toBeGreaterThan(0);
    for (let n = 0; n < 4; n++) {
      clock.now += MINUTE;
      await wake(ports);
      const again = [...ports.campaigns.take(), message];
      await Promise.all(again.map(({ campaign }, who) => workCampaign(campaignPorts, campaign, `${n}/${who}`)));
    }
    expect(journeys.runs.all()).toHaveLength(120);
    expect(journeys.touches.all()).toHaveLength(120);
    await wake(ports);
    expect(ports.campaigns.sent).toEqual([]);
  });

  test("that cannot be started stops no timer, is said, and starts once it can", async () => {
    const RESCUE = {
      kind: "journey",
      name: "rescue",
      trigger: { event: "Product Viewed" },
      steps: [{ wait: { for: "10m" } }, { send: { channel: "log", template: "hello", category: "transactional" } }],
    };
    const { ports, journeys, clock, counted, failures, view } = await openWorld(CAMPAIGN, RESCUE, SEGMENT, TEMPLATE);
    const facts: Fact[] = [];
    ports.facts.publish = async (outboxes) => {
      for (const { facts: own } of outboxes) facts.push(...own);
      return new Set();
    };
    await view("u-1");
    await decideFacts(journeys, facts);
    clock.now += 11 * MINUTE;
    const down = new Error("no such table");
    const work = {
      ...ports.work,
      find: (job: string, slice: string) => (job === "campaigns" ? Promise.reject(down) : ports.work.find(job, slice)),
    };

    await expect(wake({ ...ports, work })).rejects.toBe(down);

    expect(journeys.touches.all()).toHaveLength(1);
    expect(ports.timers.rows().filter(({ kind }) => kind === "wait")).toEqual([]);
    expect(await ports.work.find("wake", "watermark")).toMatchObject({ body: { at: clock.now } });
    expect(counted.get("WakeFailures")).toBe(1);
    expect(failures).toEqual([down]);
    await wake(ports);
    expect(counted.get("CampaignsStarted")).toBe(1);
  });

  test("of a journey that is paused meanwhile is over", async () => {
    const { ports, journeys, inForce, view, minute } = await openWorld(CAMPAIGN, SEGMENT, TEMPLATE);
    await view("u-1");
    inForce.bundle = aBundleOf([{ ...CAMPAIGN, state: "paused" }, SEGMENT, TEMPLATE], 2);
    await minute(10);
    inForce.bundle = aBundleOf([CAMPAIGN, SEGMENT, TEMPLATE], 3);
    await minute(10);
    expect(journeys.runs.all()).toEqual([]);
    expect(ports.campaigns.sent).toEqual([]);
  });
});
