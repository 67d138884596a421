import { describe, expect, test } from "vitest";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";
import { PreviewAnswer } from "#events/admin-api/preview.ts";
import { joinParts } from "../../../console/cli/preview-parts.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { anEvent, aPerson, NOON } from "../../support/people.ts";

const DAY_MS = 86_400_000;
const ordered = (least: number, within = "30d") => ({
  orders: { count: { atLeast: least }, within },
});
const BUYER = { kind: "tag", name: "buyer", rule: ordered(1) };
const AUDIENCE = { kind: "segment", name: "audience", rule: { tag: "buyer" } };
const VALUE = { kind: "ladder", name: "value", tiers: [{ name: "high", rule: ordered(3) }, { name: "low" }] };

/** A shop of which person n has made n orders and viewed n products, by definitions that keep no views. */
async function openShop(people: number) {
  const harness = makeAdminHarness();
  await harness.define(BUYER, AUDIENCE, VALUE);
  await fill(harness, people);
  return harness;
}

async function fill({ ports }: ReturnType<typeof makeAdminHarness>, people: number) {
  const bundle = compileBundle(await ports.definitions.current());
  for (let n = 0; n < people; n++) {
    const events = Array.from({ length: n % 5 }, (_, i) => [
      anEvent(`o-${n}-${i}`, {
        event: "Order Completed",
        at: NOON - i * DAY_MS,
        order: { kind: "completed", id: `o-${n}-${i}`, amountMinor: 1_000 * (i + 1) },
      }),
      anEvent(`v-${n}-${i}`, { at: NOON - i * DAY_MS, properties: { category: i % 2 ? "tea" : "coffee" } }),
    ]).flat();
    events.push(anEvent(`p-${n}`, { event: "Page Viewed" }));
    const born = aPerson(String(n), { version: 0, filledTo: bundle.version });
    const identifiers = new Map([[`userId:u-${n}` as IdentifierKey, NOON - n]]);
    const { state } = foldEvents({ ...born.state, identifiers }, events, bundle.features);
    await ports.profiles.save({ ...nextVersion(born, { state }, NOON, bundle), outbox: [] });
    await ports.activity.append(born.id, events, 400);
  }
}

async function preview({ call }: ReturnType<typeof makeAdminHarness>, body: object) {
  const answer = await call("POST", "/admin/v1/preview", { body });
  expect(answer.status, answer.text).toBe(200);
  return PreviewAnswer.parse(answer.body);
}

const exactly = (people: number) => ({ seen: people, people, low: people, high: people });

describe("a preview", () => {
  test("counts who would enter and leave, what depends on it too, with people who show why", async () => {
    const shop = await openShop(20);
    const { definitions, complete, population, notes, version } = await preview(shop, {
      definition: { ...BUYER, rule: ordered(3) },
    });
    expect({ complete, population, notes, version }).toEqual({
      complete: true,
      population: exactly(20),
      notes: [],
      version: 1,
    });
    expect(definitions).toMatchObject([
      { kind: "tag", name: "buyer", op: "replace", before: exactly(16), after: exactly(8), leave: exactly(8) },
      { kind: "segment", name: "audience", op: "depends", through: ["tag/buyer"], leave: exactly(8) },
    ]);
    const [tag] = definitions;
    expect(tag?.examples.leave).toHaveLength(8);
    expect(tag?.examples.leave[0]).toEqual({
      profileId: "p_1",
      identifier: "userId:u-1",
      from: "tag:buyer",
      to: null,
      because: [{ path: "orders", holds: false, seen: 1, wants: { count: { atLeast: 3 }, within: "30d" } }],
    });
  });

  test("of a ladder shows from which tier to which, a row for each tier that there is", async () => {
    const shop = await openShop(50);
    const { definitions } = await preview(shop, {
      definition: {
        ...VALUE,
        tiers: [{ name: "top", rule: ordered(4) }, { name: "high", rule: ordered(2) }, { name: "low" }],
      },
    });
    const [ladder] = definitions;
    expect(ladder?.matrix?.tiers).toEqual(["top", "high", "low"]);
    expect(ladder?.matrix?.people.map((row) => row.map(({ people }) => people))).toEqual([
      [0, 0, 0],
      [10, 10, 0],
      [0, 10, 20],
    ]);
    expect(ladder?.move).toEqual(exactly(20));
    expect(ladder?.examples.move).toHaveLength(10);
  });

  test("counts what is not kept yet from the behaviour log", async () => {
    const shop = await openShop(10);
    const { definitions } = await preview(shop, {
      changes: [
        {
          op: "put",
          kind: "tag",
          name: "viewer",
          definition: { rule: { did: { event: "Product Viewed", within: "3d", atLeast: 3 } } },
        },
        {
          op: "put",
          kind: "tag",
          name: "taste",
          definition: { value: { top: "category", of: "Product Viewed" } },
        },
      ],
    });
    expect(definitions).toMatchObject([
      { name: "viewer", op: "create", before: exactly(0), enter: exactly(4) },
      { name: "taste", op: "create", enter: exactly(8) },
    ]);
    expect(definitions[1]?.examples.enter[0]?.to).toBe("tag:taste=coffee");
  });

  test("of a definition that is removed says who would be in it no more", async () => {
    const shop = await openShop(10);
    const { definitions } = await preview(shop, { changes: [{ op: "remove", kind: "segment", name: "audience" }] });
    expect(definitions).toMatchObject([{ name: "audience", op: "remove", after: exactly(0), leave: exactly(8) }]);
  });

  test("looks for quantiles that no run has found, and says so", async () => {
    const shop = await openShop(100);
    const { definitions, notes } = await preview(shop, {
      definition: { kind: "tag", name: "best", rule: { quantile: { of: "orders.revenue", atLeast: 0.8 } } },
    });
    expect(notes).toEqual([
      {
        code: "thresholds_estimated",
        message: "no re-tiering run has found the quantile that the rules ask for: they are those of all 100 people",
      },
    ]);
    // 80 buyers, 20 each of 1, 3, 6 and 10 thousand: what 80 % do not exceed is the most there is.
    expect(definitions[0]?.enter).toEqual(exactly(0));
    const half = await preview(shop, {
      definition: { kind: "tag", name: "best", rule: { quantile: { of: "orders.revenue", atLeast: 0.7 } } },
    });
    expect(half.definitions[0]?.enter).toEqual(exactly(20));
  });

  test("of a sample scales its figures and gives their margin", async () => {
    const shop = await openShop(0);
    await fill(shop, 600);
    const { scan } = shop.ports.profiles;
    // A store whose pages hold thirty people.
    const paged: typeof scan = async ({ cursor, ...slice }) => {
      const { profiles } = await scan(slice);
      const start = Number(cursor ?? 0);
      return {
        profiles: profiles.slice(start, start + 30),
        ...(profiles.length > start + 30 && { cursor: String(start + 30) }),
      };
    };
    const harness = makeAdminHarness({ ...shop.ports, profiles: { ...shop.ports.profiles, scan: paged } });
    const { population, complete, definitions, notes } = await preview(harness, {
      definition: { ...BUYER, rule: ordered(3) },
      sample: 200,
    });
    expect(complete).toBe(false);
    expect(notes.map(({ code }) => code)).toEqual(["sampled"]);
    expect(population.seen).toBeGreaterThanOrEqual(200);
    expect(population.seen).toBeLessThan(300);
    expect([population.low <= 600, population.high >= 600]).toEqual([true, true]);
    const leave = definitions[0]?.leave ?? exactly(0);
    expect(leave.people).toBeGreaterThan(leave.seen);
    expect([leave.low <= 240, leave.high >= 240, leave.low < leave.people]).toEqual([true, true, true]);
  });

  test("that runs out of time answers with what was seen, as a sample", async () => {
    const shop = await openShop(600);
    const { scan } = shop.ports.profiles;
    let scans = 0;
    const slow: typeof scan = async (slice) => {
      scans++;
      // Each look at a segment takes a second; the first only finds that there is more than one page.
      shop.state.now += 1_000;
      return slice.segments === 1 ? { profiles: [], cursor: "more" } : scan(slice);
    };
    const harness = makeAdminHarness({
      ...shop.ports,
      now: () => shop.state.now,
      profiles: { ...shop.ports.profiles, scan: slow },
    });
    const before = await preview(harness, { definition: { ...BUYER, rule: ordered(3) }, sample: "all" });
    expect(before).toMatchObject({ complete: true, population: { seen: 600 } });
    shop.state.now = NOON;
    const slower = makeAdminHarness({
      ...shop.ports,
      now: () => shop.state.now,
      profiles: {
        ...shop.ports.profiles,
        scan: async (slice) => {
          shop.state.now += 2_000;
          return slow(slice);
        },
      },
    });
    const cut = await preview(slower, { definition: { ...BUYER, rule: ordered(3) }, sample: "all" });
    expect(cut.complete).toBe(false);
    expect(cut.notes.map(({ code }) => code)).toEqual(["cut_short", "sampled"]);
    expect(cut.population.seen).toBeGreaterThan(0);
    expect(scans).toBeGreaterThan(0);
  });

  test("writes nothing, whatever is asked", async () => {
    const shop = await openShop(30);
    const written = () => [
      shop.ports.profiles.writes(),
      shop.ports.definitions.commits(),
      shop.ports.audit.entries().length,
    ];
    const before = written();
    await preview(shop, { definition: { ...BUYER, rule: ordered(2) } });
    await preview(shop, { definition: { kind: "source", name: "shop", type: "web" }, sample: "all" });
    expect(written()).toEqual(before);
  });

  test.each<[string, object, number, string]>([
    [
      "a definition with a fault",
      { definition: { kind: "tag", name: "x", rule: { did: { event: "x", within: "0d" } } } },
      400,
      "definition_invalid",
    ],
    ["a cycle", { definition: { kind: "tag", name: "a", rule: { tag: "a" } } }, 400, "definition_cycle"],
    ["neither a definition nor changes", {}, 400, "request_invalid"],
    ["a sample of nobody", { definition: { kind: "tag", name: "x" }, sample: 0 }, 400, "request_invalid"],
  ])("refuses %s as a change of it would be", async (_, body, status, code) => {
    const { call } = makeAdminHarness();
    expect(await call("POST", "/admin/v1/preview", { body })).toMatchObject({ status, body: { code } });
  });

  test("asks for an operator", async () => {
    const { call, tokenOf } = makeAdminHarness();
    const token = await tokenOf("viewer");
    const body = { definition: { kind: "tag", name: "x" } };
    expect((await call("POST", "/admin/v1/preview", { token, body })).status).toBe(403);
  });
});

describe("everyone in parts", () => {
  test("add up to everyone, matrices included, whatever they are divided into", async () => {
    const shop = await openShop(40);
    const changes = [
      { op: "put", kind: "tag", name: "buyer", definition: { ...BUYER, rule: ordered(3) } },
      {
        op: "put",
        kind: "ladder",
        name: "value",
        definition: { ...VALUE, tiers: [{ name: "high", rule: ordered(2) }, { name: "low" }] },
      },
    ];
    const whole = await preview(shop, { changes, sample: "all" });
    for (const of of [1, 3, 16]) {
      const parts: PreviewAnswer[] = [];
      for (let index = 0; index < of; index++) {
        parts.push(await preview(shop, { changes, sample: "all", part: { index, of } }));
      }
      const joined = parts.reduce((a, b) => joinParts(a, b) ?? expect.fail("not of one version"));
      const { definitions, population, complete } = joined;
      expect({ population, complete }).toEqual({ population: whole.population, complete: true });
      expect(definitions.map(({ examples: _, ...figures }) => figures)).toEqual(
        whole.definitions.map(({ examples: _, ...figures }) => figures),
      );
      expect(definitions[0]?.examples.leave).toHaveLength(10);
    }
  });

  test("of different versions are not added up", async () => {
    const shop = await openShop(5);
    const ask = () => preview(shop, { definition: BUYER, sample: "all", part: { index: 0, of: 2 } });
    const before = await ask();
    await shop.define({ ...BUYER, name: "another" });
    expect(joinParts(before, await ask())).toBeUndefined();
  });

  test.each([
    { sample: 500, part: { index: 0, of: 2 } },
    { sample: "all", part: { index: 2, of: 2 } },
  ])("a part that there is not is refused: %j", async (body) => {
    const { call } = await openShop(1);
    const answer = await call("POST", "/admin/v1/preview", { body: { definition: BUYER, ...body } });
    expect(answer.status).toBe(400);
  });
});
