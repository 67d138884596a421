import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { type SimulatedStep, SimulationAnswer, type SimulationRequest } from "#events/admin-api/simulation.ts";
import { readFolder } from "../../../console/cli/definitions/read-folder.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";

const RETAIL = fileURLToPath(new URL("../../../events/examples/definitions/retail", import.meta.url));
/** Noon in London. */
const START = "2026-03-10T12:00:00.000Z";

const ANN = {
  identifiers: { email: "ann@example.com" },
  traits: { firstName: "Ann" },
  consent: { "marketing.email": true },
} as const;
const MUG = { properties: { name: "Red mug", price: 4.95 } };

let admin: ReturnType<typeof makeAdminHarness>;
beforeAll(async () => {
  admin = makeAdminHarness();
  const written = await readFolder(RETAIL);
  await admin.define(...written.map(({ kind, name, definition }) => ({ kind, name, ...definition })));
});

async function simulate(journey: string, body: Partial<SimulationRequest>) {
  const asked = { start: START, ignoreHoldout: true, person: { invented: ANN }, ...body };
  const answer = await admin.call("POST", `/admin/v1/journeys/${journey}/simulate`, { body: asked });
  expect(answer.text).toContain(`"journey":"${journey}"`);
  return SimulationAnswer.parse(answer.body);
}

function only<Kind extends SimulatedStep["kind"]>({ steps }: SimulationAnswer, kind: Kind) {
  return steps.filter((step): step is Extract<SimulatedStep, { kind: Kind }> => step.kind === kind);
}

describe("a simulated cart rescue", () => {
  test("mails who does not buy within the hour, with the arm asked for, in their language", async () => {
    const answer = await simulate("cart-rescue", { trigger: MUG, arm: "coupon" });
    expect(answer.steps.map(({ kind, at }) => [kind, at.slice(11, 16)])).toEqual([
      ["entry", "12:00"],
      ["wait", "12:00"],
      ["waited", "13:00"],
      ["split", "13:00"],
      ["send", "13:00"],
      ["end", "13:00"],
    ]);
    const [send] = only(answer, "send");
    expect(send).toMatchObject({ result: "sent", locale: "en", address: "ann@example.com", channel: "email" });
    expect(send?.message).toMatchObject({ subject: "Still thinking about Red mug?" });
    expect(JSON.stringify(send?.message)).toContain("COMEBACK10");
    expect(send?.checks.map(({ result }) => result)).toEqual(Array(7).fill("passed"));
    const chinese = { ...ANN, traits: { locale: "zh-CN" } };
    const inChinese = await simulate("cart-rescue", { trigger: MUG, person: { invented: chinese } });
    expect(only(inChinese, "send")[0]).toMatchObject({ locale: "zh" });
  });

  test("mails nobody who buys within the hour: the goal ends the run", async () => {
    const answer = await simulate("cart-rescue", {
      trigger: MUG,
      happenings: [{ event: "Order Completed", after: "30m", properties: { order_id: "1", revenue: 20 } }],
    });
    expect(answer).toMatchObject({ outcome: "goal", converted: true });
    expect(only(answer, "goal")).toEqual([{ kind: "goal", at: "2026-03-10T12:30:00.000Z", event: "Order Completed" }]);
    expect(only(answer, "send")).toEqual([]);
  });

  test("says why nobody is mailed who has not agreed, and what was not asked any more", async () => {
    const answer = await simulate("cart-rescue", { trigger: MUG, person: { invented: { ...ANN, consent: {} } } });
    const [send] = only(answer, "send");
    expect(send).toMatchObject({ result: "stopped", reason: "no_consent", message: null });
    expect(send?.checks.map(({ check, result }) => `${check} ${result}`)).toEqual([
      "erased passed",
      "no_address passed",
      "suppressed passed",
      "no_consent stopped",
      "control_group not_reached",
      "quiet_hours not_reached",
      "cap_reached not_reached",
    ]);
  });

  test("waits for the morning where the person is", async () => {
    const inTokyo = { ...ANN, traits: { timezone: "Asia/Tokyo" } };
    const answer = await simulate("cart-rescue", { trigger: MUG, person: { invented: inTokyo } });
    // 22:00 in Tokyo; quiet until 08:00 there.
    expect(only(answer, "send").map(({ at, result, until }) => [at, result, until])).toEqual([
      ["2026-03-10T13:00:00.000Z", "waits", "2026-03-10T23:00:00.000Z"],
      ["2026-03-10T23:00:00.000Z", "sent", null],
    ]);
    expect(answer.timeZone).toBe("Asia/Tokyo");
  });

  test("gives each person their own arm, and another only where it is asked for", async () => {
    const own = only(await simulate("cart-rescue", { trigger: MUG }), "split")[0];
    expect(own).toMatchObject({ forced: false, arms: { coupon: 0.33, "free-shipping": 0.33, reminder: 0.34 } });
    expect(own?.arm).toBe(own?.own);
    for (const arm of ["coupon", "free-shipping", "reminder"]) {
      const [split] = only(await simulate("cart-rescue", { trigger: MUG, arm }), "split");
      expect(split).toMatchObject({ arm, own: own?.own, forced: true });
    }
    const unknown = await admin.call("POST", "/admin/v1/journeys/cart-rescue/simulate", {
      body: { person: { invented: ANN }, arm: "gift" },
    });
    expect(unknown.body).toMatchObject({
      code: "arm_unknown",
      details: { arms: ["coupon", "free-shipping", "reminder"] },
    });
  });
});

test("a branch shows the evidence of the case that it took", async () => {
  const buyer = { ...ANN, orders: [{ ago: "2h", revenue: 10 }] };
  const bought = await simulate("welcome", { person: { invented: buyer } });
  expect(only(bought, "branch")[0]).toMatchObject({
    chosen: 0,
    cases: [{ holds: true, because: [{ seen: 1 }] }],
  });
  expect(only(bought, "send")).toHaveLength(1);
  const looked = await simulate("welcome", {});
  expect(only(looked, "branch")[0]).toMatchObject({ chosen: null, cases: [{ holds: false }] });
  expect(only(looked, "send").map(({ template }) => template)).toEqual(["welcome", "welcome-first-order"]);
});

test("a tag that the journey sets is shown, and an entry rule keeps others out", async () => {
  const answer = await simulate("high-value-thank-you", {
    person: { invented: { ...ANN, orders: [{ ago: "1h", revenue: 2_500 }] } },
  });
  expect(only(answer, "tag")).toMatchObject([{ tag: "thanked", on: true }]);
  expect(only(answer, "send")[0]).toMatchObject({ result: "sent" });
  expect(only(await simulate("high-value-thank-you", {}), "entry")[0]).toMatchObject({
    result: "refused",
    reason: "entry_rule",
  });
});

test("a definition that is not in force is walked as it would be, and what it lacks is refused", async () => {
  const definition = {
    kind: "journey",
    name: "draft",
    trigger: { event: "Product Viewed" },
    entry: { when: { did: { event: "Product Viewed", within: "30d", atLeast: 2 } } },
    steps: [{ send: { channel: "log", template: "note", category: "transactional" } }],
  } as const;
  const template = {
    kind: "template",
    name: "note",
    channel: "log",
    category: "transactional",
    locales: { en: { body: "Seen {{ event.properties.name }}" } },
  };
  const changes = [{ op: "put", kind: "template", name: "note", definition: template }] as const;
  const twice = { ...ANN, events: [{ event: "Product Viewed", ago: "3d" }] };
  const answer = await simulate("draft", {
    definition,
    changes: [...changes],
    trigger: MUG,
    person: { invented: twice },
  });
  expect(answer.version).toBeNull();
  expect(only(answer, "send")[0]).toMatchObject({ result: "sent", message: { text: "Seen Red mug" } });
  const nameless = await simulate("draft", { definition, changes: [...changes], person: { invented: twice } });
  expect(only(nameless, "send")[0]).toMatchObject({
    result: "failed",
    reason: "template_failed",
    faults: [{ code: "template_missing_value" }],
  });
  const missing = await admin.call("POST", "/admin/v1/journeys/draft/simulate", {
    body: { definition, person: { invented: ANN } },
  });
  expect(missing).toMatchObject({ status: 400, body: { code: "definition_unknown_reference" } });
});

test("what nobody can be is refused, and an unknown journey names those that there are", async () => {
  const ask = (journey: string, body: object) => admin.call("POST", `/admin/v1/journeys/${journey}/simulate`, { body });
  expect(await ask("cart", { person: { invented: ANN } })).toMatchObject({
    status: 404,
    body: { code: "journey_unknown" },
  });
  expect(await ask("welcome", { person: { identifier: "email:nobody@example.com" } })).toMatchObject({
    status: 404,
    body: { code: "profile_unknown" },
  });
  expect(await ask("welcome", { person: { invented: { memberships: ["tag:nonsense"] } } })).toMatchObject({
    status: 400,
    body: { code: "membership_unknown" },
  });
  const held = await simulate("win-back-lost", {
    person: { invented: { ...ANN, memberships: ["tier:lifecycle=active"] } },
  });
  expect(held).toMatchObject({ outcome: "exited" });
});
