import { describe, expect, test } from "vitest";
import type { StoredDefinition } from "#domain/definitions/bundle.ts";
import { changeDefinitions } from "#domain/definitions/change-definitions.ts";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { validateBundle } from "#domain/definitions/validate.ts";

const VIP = { kind: "tag", name: "vip" };
const BUYER = { kind: "tag", name: "buyer", rule: { did: { event: "Order Completed", within: "30d" } } };
const TASTE = { kind: "tag", name: "taste", value: { top: "category", of: "Product Viewed" } };
const LOST = { kind: "segment", name: "lost", rule: { inactive: { for: "60d" } } };
const VALUE = { kind: "ladder", name: "value", tiers: [{ name: "high", rule: { tag: "vip" } }, { name: "low" }] };
const HELLO = {
  kind: "template",
  name: "hello",
  channel: "email",
  category: "marketing",
  locales: { en: { subject: "Hi", body: "x" } },
};
const TEXT = {
  kind: "template",
  name: "hello-sms",
  channel: "sms",
  category: "marketing",
  locales: { en: { body: "x" } },
};
const SMS = { kind: "channel", name: "texts", channel: "sms", adapter: "aws" };
const BASE = [VIP, BUYER, TASTE, LOST, VALUE, HELLO, TEXT, SMS];
const SEND = { send: { channel: "email", template: "hello", category: "marketing" } };

function journey(changes: object) {
  return { kind: "journey", name: "j", trigger: { event: "Signed Up" }, steps: [SEND], ...changes };
}

function store(...definitions: { kind: string; name: string }[]): StoredDefinition[] {
  return definitions.map((definition) => ({ kind: definition.kind, name: definition.name, version: 1, definition }));
}

function faultsOf(changes: object, base: { kind: string; name: string }[] = BASE) {
  return validateBundle(store(...base, journey(changes))).map(({ path, code }) => `${path} ${code}`);
}

describe("a journey", () => {
  test.each<[string, object]>([
    ["sends what is there", {}],
    [
      "sends by the first of several channels, each with its template",
      { steps: [{ send: { ...SEND.send, channel: ["email", "sms"] } }] },
    ],
    [
      "sends by the channel of several that the person opens most",
      { steps: [{ send: { ...SEND.send, channel: ["email", "sms"], prefer: "person" } }] },
    ],
    ["is written to the log whatever it is made for", { steps: [{ send: { ...SEND.send, channel: "log" } }] }],
    ["begins with a tier", { trigger: { tier: { ladder: "value", from: "low", to: "high" } } }],
    ["begins with a value of a tag", { trigger: { enters: "tag:taste=coffee" } }],
    ["begins with a segment left", { trigger: { leaves: "segment:lost" } }],
    ["begins by the clock", { trigger: { schedule: { cron: "0 9 * * MON", zone: "Asia/Shanghai", segment: "lost" } } }],
    [
      "waits by somebody's clock",
      { steps: [{ wait: { until: "10:00", zone: "Europe/London" } }, { wait: { until: "10:00" } }] },
    ],
    ["tags by hand", { steps: [{ tag: { add: "vip" } }, { tag: { remove: "vip" } }] }],
    [
      "branches by arms that are drawn",
      { steps: [{ split: { experiment: "e", arms: { a: 1, b: 1 } } }, { branch: [{ arm: "a", then: [] }] }] },
    ],
  ])("that %s is accepted", (_, changes) => {
    expect(faultsOf(changes)).toEqual([]);
  });

  test.each<[string, object, string[]]>([
    [
      "a template that is not there",
      { steps: [{ send: { ...SEND.send, template: "ghost" } }] },
      ["steps[0].send.template definition_unknown_reference"],
    ],
    [
      "a template of another channel",
      { steps: [{ send: { ...SEND.send, template: "hello-sms" } }] },
      ["steps[0].send.template template_channel"],
    ],
    [
      "a template of another category",
      { steps: [{ send: { ...SEND.send, category: "transactional" } }] },
      ["steps[0].send.category template_category"],
    ],
    [
      "a template that lacks one of several channels",
      { steps: [{ send: { ...SEND.send, channel: ["sms", "inapp"], prefer: "person" } }] },
      ["steps[0].send.template template_channel"],
    ],
    [
      "a channel that there is not",
      { steps: [{ send: { ...SEND.send, channel: ["email", "pigeon"] } }] },
      ["steps[0].send.channel[1] definition_unknown_reference"],
    ],
    [
      "a channel that nobody sends by",
      { steps: [{ send: { ...SEND.send, channel: "push" } }] },
      ["steps[0].send.channel definition_unknown_reference"],
    ],
    ["a tag that is not there", { trigger: { enters: "tag:ghost" } }, ["trigger.enters definition_unknown_reference"]],
    [
      "a tag of values without one",
      { trigger: { enters: "tag:taste" } },
      ["trigger.enters definition_unknown_reference"],
    ],
    [
      "a value of a tag that has none",
      { trigger: { leaves: "tag:vip=x" } },
      ["trigger.leaves definition_unknown_reference"],
    ],
    [
      "a ladder that is not there",
      { trigger: { tier: { ladder: "ghost" } } },
      ["trigger.tier.ladder definition_unknown_reference"],
    ],
    [
      "tiers that are not there",
      { trigger: { tier: { ladder: "value", from: "x", to: "y" } } },
      ["trigger.tier.from definition_unknown_reference", "trigger.tier.to definition_unknown_reference"],
    ],
    [
      "a schedule that nobody can read",
      { trigger: { schedule: { cron: "61 * * * *", zone: "Mars/Base", segment: "ghost" } } },
      [
        "trigger.schedule.cron cron_invalid",
        "trigger.schedule.zone time_zone_unknown",
        "trigger.schedule.segment definition_unknown_reference",
      ],
    ],
    [
      "seconds in a schedule",
      { trigger: { schedule: { cron: "0 0 9 * * *", segment: "lost" } } },
      ["trigger.schedule.cron cron_invalid"],
    ],
    [
      "a zone that there is not",
      { steps: [{ wait: { until: "10:00", zone: "Nowhere" } }] },
      ["steps[0].wait.zone time_zone_unknown"],
    ],
    ["a tag that a rule decides", { steps: [{ tag: { add: "buyer" } }] }, ["steps[0].tag.add tag_not_by_hand"]],
    [
      "an unknown tag to add",
      { steps: [{ tag: { remove: "ghost" } }] },
      ["steps[0].tag.remove definition_unknown_reference"],
    ],
    [
      "an arm that nobody draws",
      { steps: [{ branch: [{ arm: ["a"], then: [] }] }] },
      ["steps[0].branch[0].arm arm_unknown"],
    ],
    [
      "unknown names in its rules",
      { entry: { when: { all: [{ tag: "ghost" }] } }, exit: { when: { segment: "ghost" } } },
      ["entry.when.all[0].tag definition_unknown_reference", "exit.when.segment definition_unknown_reference"],
    ],
    [
      "unknown names deep within",
      {
        steps: [
          {
            waitFor: {
              event: "E",
              for: "1h",
              else: [
                {
                  branch: [
                    { when: { tier: { ladder: "value", in: ["x"] } }, then: [{ tag: { add: "ghost" } }] },
                    { else: [{ send: { ...SEND.send, template: "ghost" } }] },
                  ],
                },
              ],
            },
          },
        ],
      },
      [
        "steps[0].waitFor.else[0].branch[0].when.tier definition_unknown_reference",
        "steps[0].waitFor.else[0].branch[0].then[0].tag.add definition_unknown_reference",
        "steps[0].waitFor.else[0].branch[1].else[0].send.template definition_unknown_reference",
      ],
    ],
  ])("that names %s is refused where it does", (_, changes, expected) => {
    expect(faultsOf(changes)).toEqual(expected);
  });

  test("keeps what it names from being removed", () => {
    const bundle = { version: 1, definitions: store(...BASE, journey({})) };
    const changed = changeDefinitions(
      bundle,
      [{ op: "remove", kind: "template", name: "hello" }],
      () => ({ key: "", hash: "" }),
      0,
    );
    expect(changed).toMatchObject({ ok: false, faults: [{ definition: "journey/j", path: "steps[0].send.template" }] });
  });
});

describe("the rules of a journey", () => {
  const viewed = { did: { event: "Product Viewed", within: "7d" } };
  const plan = journey({
    entry: { when: { sum: { event: "Order Completed", property: "quantity", within: "30d", atLeast: 1 } } },
    exit: { when: { distinct: { event: "Searched", property: "query", within: "7d", atLeast: 2 } } },
    steps: [{ branch: [{ when: viewed, then: [SEND] }] }],
  });

  test("are counted: what they read is kept of everyone, and since when is known", () => {
    const changed = changeDefinitions(
      { version: 1, definitions: store(...BASE) },
      [{ op: "put", kind: "journey", name: "j", definition: plan }],
      () => ({ key: "", hash: "" }),
      77,
    );
    if (!changed.ok) throw new Error(JSON.stringify(changed.faults));
    const compiled = compileBundle(changed.bundle);
    const events = [...compiled.features.byEvent.keys()].toSorted();
    expect(events).toEqual(["Order Completed", "Product Viewed", "Searched"]);
    const stored = changed.bundle.definitions.find(({ kind }) => kind === "journey");
    expect(stored?.features?.map(({ version, at }) => ({ version, at }))).toEqual(
      Array(3).fill({ version: 2, at: 77 }),
    );
    expect(compiled.readers.at(-1)?.reads).toHaveLength(3);
    expect(compiled.journeys).toMatchObject([{ name: "j", version: 2, state: "live" }]);
  });
});

describe("a journey that prefers the person's channel", () => {
  const prefers = { steps: [{ send: { ...SEND.send, channel: ["email", "sms"], prefer: "person" } }] };

  function bundleWith(changes: object) {
    const changed = changeDefinitions(
      { version: 1, definitions: store(...BASE) },
      [{ op: "put", kind: "journey", name: "j", definition: journey(changes) }],
      () => ({ key: "", hash: "" }),
      77,
    );
    if (!changed.ok) throw new Error(JSON.stringify(changed.faults));
    return compileBundle(changed.bundle);
  }

  test("has what people open of each channel kept of everyone, and filled in by the run that follows", () => {
    const compiled = bundleWith(prefers);
    expect([...compiled.opens.keys()]).toEqual(["email", "sms"]);
    const events = ["Message Clicked", "Message Opened", "Message Sent"];
    expect([...compiled.features.byEvent.keys()].filter((name) => name.startsWith("Message")).toSorted()).toEqual(
      events,
    );
    expect(compiled.readers.at(-1)?.reads.map(({ version, at, keep }) => ({ version, at, keep }))).toEqual(
      Array(6).fill({ version: 2, at: 77, keep: 90 }),
    );
  });

  test.each<[string, object]>([
    ["is stopped", { ...prefers, state: "stopped" }],
    ["goes by the order", { steps: [{ send: { ...SEND.send, channel: ["email", "sms"] } }] }],
  ])("has nothing kept where it %s", (_, changes) => {
    const compiled = bundleWith(changes);
    expect(compiled.opens.size).toBe(0);
    expect(compiled.features.byEvent.has("Message Sent")).toBe(false);
    expect(compiled.readers.at(-1)?.reads).toEqual([]);
  });
});

describe("templates and channels of a bundle", () => {
  test("are found by name, providers of a channel by priority", () => {
    const spare = { ...SMS, name: "spare", priority: 2 };
    const first = { ...SMS, name: "zz-first", priority: 1 };
    const { templates, channels } = compileBundle({ version: 1, definitions: store(spare, HELLO, first, SMS) });
    expect([...templates.keys()]).toEqual(["hello"]);
    expect(channels.map(({ name }) => name)).toEqual(["texts", "zz-first", "spare"]);
  });

  const partial = (name: string, body: string) => ({
    kind: "template",
    name,
    channel: "partial",
    locales: { en: { body } },
  });
  const faults = (...definitions: { kind: string; name: string }[]) =>
    validateBundle(store(...definitions)).map(({ definition, path, code, message }) => ({
      definition,
      path,
      code,
      message,
    }));

  test("that are no Liquid are refused with the field and the line", () => {
    const broken = {
      ...HELLO,
      locales: { en: { subject: "{{ a", body: "ok\n{% if %}" }, zh: { subject: "ok", body: "{{ x | shout }}" } },
    };
    expect(faults(broken)).toEqual([
      {
        definition: "template/hello",
        path: "locales.en.subject",
        code: "template_syntax",
        message: expect.stringContaining("line:1"),
      },
      {
        definition: "template/hello",
        path: "locales.en.body",
        code: "template_syntax",
        message: expect.stringContaining("line:2"),
      },
      {
        definition: "template/hello",
        path: "locales.zh.body",
        code: "template_syntax",
        message: expect.stringContaining("shout"),
      },
    ]);
  });

  test("name partials that are there, by a literal", () => {
    const naming = (body: string) => ({ ...HELLO, locales: { en: { subject: "s", body } } });
    expect(
      faults(
        naming("{% if a %}{% render 'foot' %}{% endif %}"),
        partial("foot", "{% render 'line' %}"),
        partial("line", "-"),
      ),
    ).toEqual([]);
    expect(faults(naming("{% render 'ghost' %}"))).toMatchObject([
      { path: "locales.en.body", code: "definition_unknown_reference" },
    ]);
    // A message is no partial.
    expect(faults(naming("{% render 'hello' %}"))).toMatchObject([{ code: "definition_unknown_reference" }]);
    expect(faults(naming("{% render a %}"))).toMatchObject([{ code: "template_syntax" }]);
  });

  test("that render themselves, by whatever way, are refused once a circle", () => {
    const circle = [
      partial("a", "{% render 'b' %}{% render 'd' %}"),
      partial("b", "{% liquid render 'c' %}"),
      partial("c", "{% render 'a' %}"),
      partial("d", "-"),
      partial("self", "{% render 'self' %}"),
    ];
    expect(faults(...circle)).toMatchObject([
      { code: "definition_cycle", message: "a → b → c → a" },
      { code: "definition_cycle", message: "self → self" },
    ]);
  });
});
