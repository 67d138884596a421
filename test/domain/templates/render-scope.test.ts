import { describe, expect, test } from "vitest";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { Membership, MembershipKey } from "#domain/profile/state.ts";
import { chooseTemplate } from "#domain/templates/choose-template.ts";
import { planRender } from "#domain/templates/plan-render.ts";
import { makeRenderScope } from "#domain/templates/render-scope.ts";
import type { TemplateDefinition } from "#events/definitions/template.ts";
import { anEvent, aPerson, NOON } from "../../support/people.ts";

function template(name: string, changes: Partial<TemplateDefinition> = {}): TemplateDefinition {
  return { kind: "template", name, channel: "sms", category: "marketing", locales: { en: { body: name } }, ...changes };
}

function bundleOf(...templates: TemplateDefinition[]) {
  const setting = { kind: "setting", name: "project", currency: "CNY", timeZone: "Asia/Shanghai", languages: ["zh"] };
  return compileBundle({
    version: 1,
    definitions: [setting, ...templates].map((one) => ({
      kind: one.kind,
      name: one.name,
      version: 1,
      definition: one,
    })),
  });
}

describe("what a template can ask for", () => {
  const order = (id: string, amountMinor: number) =>
    anEvent(id, { event: "Order Completed", order: { kind: "completed", id, amountMinor } });
  const person = aPerson("ann");
  const { state } = foldEvents(person.state, [order("o1", 1_000), order("o2", 2_050)], {
    byEvent: new Map(),
    byId: new Map(),
  });
  const membership: Membership = { since: 0, until: Infinity, definitionVersion: 1 };
  const keys = ["tag:vip", "tag:taste=green tea", "tier:value=high", "segment:lost"] as MembershipKey[];

  test("is the person in major units, where they stand, the event, the arms and the journey; nothing that is null", () => {
    const scope = makeRenderScope(
      { id: person.id, state },
      new Map(keys.map((key) => [key, membership])),
      {
        journey: "rescue",
        event: {
          event: "Product Added",
          at: NOON,
          properties: { product: "Tea", coupon: null, list: [1, null] },
          money: { price: 1_250 },
        },
        arms: [
          ["a", "control"],
          ["b", "coupon"],
        ],
        links: { unsubscribe: "https://u.example/" },
      },
      bundleOf(),
    );
    expect(scope).toEqual({
      person: {
        profileId: person.id,
        traits: expect.any(Object),
        orders: expect.objectContaining({ count: 2, revenue: 30.5, averageValue: 15.25, currency: "CNY" }),
        tiers: { value: "high" },
        tags: ["vip", "taste=green tea"],
        segments: ["lost"],
      },
      event: {
        name: "Product Added",
        at: new Date(NOON).toISOString(),
        properties: { product: "Tea", list: [1] },
        money: { price: 12.5 },
      },
      arm: "coupon",
      arms: { a: "control", b: "coupon" },
      journey: { name: "rescue" },
      links: { unsubscribe: "https://u.example/" },
    });
  });

  test("lacks what the occasion does not bring", () => {
    const scope = makeRenderScope({ id: person.id, state: person.state }, new Map(), {}, bundleOf());
    expect(Object.keys(scope).toSorted()).toEqual(["arms", "links", "person"]);
  });
});

describe("a planned rendering", () => {
  const foot = template("foot", { channel: "partial", locales: { en: { body: "bye" }, zh: { body: "再见" } } });
  const hello = template("hello", { locales: { en: { body: "hi" }, zh: { body: "你好" } } });
  const bundle = bundleOf(foot, hello, template("other", { locales: { de: { body: "x" } } }));

  test("takes the person's language for the message and its partials alike", () => {
    const scope = {
      person: { traits: { language: "en-US" } },
      links: { unsubscribe: "https://u.example/", preferences: "https://p.example/" },
    };
    const { job, locale } = planRender(hello, { scope, now: NOON }, bundle);
    expect(locale).toBe("en");
    expect(job).toMatchObject({
      channel: "sms",
      content: { body: "hi" },
      partials: { foot: "bye" },
      scope: { ...scope, locale: "en" },
      timeZone: "Asia/Shanghai",
      untracked: ["https://u.example/", "https://p.example/"],
    });
    expect(job.lenient).toBeUndefined();
  });

  test("takes the project's language and zone unless it is told others", () => {
    expect(planRender(hello, { scope: {}, now: NOON }, bundle)).toMatchObject({
      locale: "zh",
      job: { partials: { foot: "再见" } },
    });
    const told = planRender(hello, { scope: {}, now: NOON, locale: "en", timeZone: "UTC", lenient: true }, bundle);
    expect(told).toMatchObject({ locale: "en", job: { timeZone: "UTC", lenient: true } });
  });
});

describe("the template of a send step", () => {
  const templates = new Map(
    [
      template("t", { channel: "email" }),
      template("t-sms"),
      template("t-push", { channel: "email" }),
      template("p", { channel: "partial" }),
    ].map((one) => [one.name, one]),
  );
  test.each([
    ["t", "email", "t"],
    ["t", "sms", "t-sms"],
    ["t", "push", undefined],
    ["t", "log", "t"],
    ["p", "log", undefined],
    ["ghost", "email", undefined],
  ])("%s by %s is %s", (name, channel, expected) => {
    expect(chooseTemplate(templates, name, channel)?.name).toBe(expected);
  });
});
