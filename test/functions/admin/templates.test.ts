import { describe, expect, test } from "vitest";
import { makeTemplateRenderer } from "#aws/templates/template-renderer.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import { TemplatePreview } from "#events/admin-api/templates.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { anEvent, aPerson } from "../../support/people.ts";

const CART = {
  kind: "template",
  name: "cart",
  channel: "email",
  category: "marketing",
  locales: {
    en: {
      subject: "{{ person.traits.name }}, {{ event.properties.product }} waits",
      body: '<p>{{ arm | default: "no arm" }} {{ person.orders.count }}</p><a href="https://shop.example/cart">Cart</a><a href="{{ links.unsubscribe }}">Bye</a>',
    },
    zh: { subject: "{{ person.traits.name }},{{ event.properties.product }}还在", body: "<p>x</p>" },
  },
  sample: { person: { traits: { name: "Sam" }, orders: { count: 1 } }, event: { properties: { product: "Tea" } } },
};
const PATH = "/admin/v1/templates/cart/preview";

async function openShop(...more: { kind: string; name: string }[]) {
  const harness = makeAdminHarness();
  await harness.define(CART, ...more);
  const preview = async (body: object, path = PATH) => {
    const answer = await harness.call("POST", path, { body });
    expect(answer.status, answer.text).toBe(200);
    return TemplatePreview.parse(answer.body);
  };
  return { ...harness, preview };
}

async function addPerson({ ports }: Awaited<ReturnType<typeof openShop>>, traits: Record<string, unknown>) {
  const { project } = await ports.inForce();
  expect(project.currency).toBe("USD");
  const born = aPerson("ann", { version: 0 });
  const event = anEvent("m1", {
    event: "Order Completed",
    order: { kind: "completed", id: "o1", amountMinor: 1_250 },
    traits,
  });
  const { state } = foldEvents(born.state, [event], { byEvent: new Map(), byId: new Map() });
  await ports.profiles.save({ ...born, version: 1, state });
  return born.id;
}

describe("the preview of a template", () => {
  test("is the message of its sample, with what would be tracked", async () => {
    const { preview, ports } = await openShop();
    expect(await preview({})).toEqual({
      template: "cart",
      channel: "email",
      locale: "en",
      locales: ["en", "zh"],
      message: {
        channel: "email",
        subject: "Sam, Tea waits",
        html: '<p>no arm 1</p><a href="https://shop.example/cart">Cart</a><a href="https://unsubscribe.invalid/">Bye</a>',
        text: expect.stringContaining("no arm 1"),
        headers: {},
      },
      faults: [],
      missing: [],
      warnings: [],
      links: ["https://shop.example/cart"],
    });
    expect(ports.definitions.commits()).toBe(1);
  });

  test("is of the language, the sample and the arm that are asked for", async () => {
    const { preview } = await openShop();
    const { message, locale, warnings } = await preview({
      locale: "zh-TW",
      sample: { person: { traits: { name: "王芳" } }, event: { properties: { product: "茶" } } },
    });
    expect([locale, message]).toMatchObject(["zh", { subject: "王芳,茶还在" }]);
    expect(warnings).toMatchObject([{ code: "no_unsubscribe_link" }]);
    expect((await preview({ arm: "coupon" })).message).toMatchObject({ html: expect.stringContaining("coupon 1") });
  });

  test("is of a real person in their language; what the occasion brings is the sample's", async () => {
    const shop = await openShop();
    const profileId = await addPerson(shop, { name: "王芳", locale: "zh_CN" });
    const { message, locale } = await shop.preview({ profileId });
    expect([locale, message]).toMatchObject(["zh", { subject: "王芳,Tea还在" }]);
    const english = await shop.preview({ profileId, locale: "en" });
    expect(english.message).toMatchObject({ html: expect.stringContaining("no arm 1") });
  });

  test("lists what is missing, which would keep it from being sent, and shows the rest", async () => {
    const { preview } = await openShop();
    const { message, missing, faults } = await preview({ sample: { event: { properties: { product: null } } } });
    expect(message).toMatchObject({ subject: ",  waits" });
    expect(missing).toEqual(["person.traits.name", "event.properties.product", "person.orders.count"]);
    expect(faults.map(({ code }) => code)).toEqual(Array(3).fill("template_missing_value"));
  });

  test("may be of what is not in force yet, and writes nothing", async () => {
    const { preview, ports } = await openShop();
    const footer = {
      kind: "template",
      name: "footer",
      channel: "partial",
      locales: { en: { body: "by {{ person.traits.name }}" } },
    };
    const letter = { ...CART, name: "letter", locales: { en: { subject: "s", body: "{% render 'footer' %}" } } };
    const changes = [footer, letter].map((definition) => ({
      op: "put",
      kind: "template",
      name: definition.name,
      definition,
    }));
    const { message } = await preview({ changes }, "/admin/v1/templates/letter/preview");
    expect(message).toMatchObject({ html: "by Sam" });
    expect(ports.definitions.commits()).toBe(1);
  });

  test.each<[string, string, object, number, string]>([
    ["of a template that there is not", "ghost", {}, 404, "template_unknown"],
    ["of a person that there is not", "cart", { profileId: "p_ghost" }, 404, "profile_unknown"],
    ["of a partial", "foot", {}, 400, "template_is_partial"],
    ["with an unknown key", "cart", { lang: "zh" }, 400, "request_invalid"],
    [
      "of a broken change",
      "cart",
      {
        changes: [
          {
            op: "put",
            kind: "template",
            name: "cart",
            definition: { ...CART, locales: { en: { subject: "{{", body: "x" } } },
          },
        ],
      },
      400,
      "definition_invalid",
    ],
  ])("%s is refused", async (_, name, body, status, code) => {
    const { call } = await openShop({
      kind: "template",
      name: "foot",
      channel: "partial",
      locales: { en: { body: "x" } },
    } as { kind: string; name: string });
    expect(await call("POST", `/admin/v1/templates/${name}/preview`, { body })).toMatchObject({
      status,
      body: { code },
    });
  });

  test("of a template that never ends says so, and leaves the API as it was", async () => {
    const renderer = makeTemplateRenderer({ limitMs: 100 });
    const { call, define } = makeAdminHarness({ renderer });
    const loop =
      "{% for a in (1..2000) %}{% for b in (1..2000) %}{% for c in (1..2000) %}{% endfor %}{% endfor %}{% endfor %}";
    await define(CART, {
      kind: "template",
      name: "loop",
      channel: "sms",
      category: "marketing",
      locales: { en: { body: loop } },
    } as { kind: string; name: string });
    const answer = await call("POST", "/admin/v1/templates/loop/preview", { body: {} });
    expect(answer).toMatchObject({ status: 200, body: { message: null, faults: [{ code: "template_timeout" }] } });
    expect(await call("POST", PATH, { body: {} })).toMatchObject({ body: { message: { subject: "Sam, Tea waits" } } });
    await renderer.close();
  });
});
