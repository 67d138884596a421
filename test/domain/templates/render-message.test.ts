import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderMessage } from "#domain/templates/render-message.ts";
import type { RenderJob } from "#domain/templates/rendering.ts";
import { aJob, anEmailJob, SCOPE } from "./a-job.ts";

function renderedOf(job: RenderJob) {
  const rendered = renderMessage(job);
  if (!rendered.ok) throw new Error(JSON.stringify(rendered.faults));
  return rendered;
}

function emailOf(content: RenderJob["content"], changes: Partial<RenderJob> = {}) {
  const { message } = renderedOf(anEmailJob(content, changes));
  if (message.channel !== "email") throw new Error(message.channel);
  return message;
}

function faultsOf(job: RenderJob) {
  const rendered = renderMessage(job);
  return rendered.ok ? [] : rendered.faults.map(({ code, field, value }) => ({ code, field, ...(value && { value }) }));
}

const named = (name: string): Partial<RenderJob> => ({
  scope: { ...SCOPE, person: { ...SCOPE.person, traits: { name } } },
});
const text = (body: string, changes: Partial<RenderJob> = {}) =>
  aJob({ channel: "sms", content: { body }, ...changes });

describe("an e-mail", () => {
  test("has what it is told of the person, the event, the arm and the journey", () => {
    const { subject } = emailOf({
      subject:
        "{{ person.traits.name }} {{ person.traits.city }} {{ event.properties.product }} {{ arm }} {{ journey.name }} {{ person.orders.count }} {{ person.tiers.value }} {{ person.tags | join: '+' }}",
      body: "x",
    });
    expect(subject).toBe("Ann 上海 Tea & Cake <b> coupon cart-rescue 3 high frequent-buyer");
  });

  test("is escaped wherever a value stands, unless the author says raw", () => {
    const { html } = emailOf({
      subject: "s",
      body: "{{ event.properties.product }}|{{ event.properties.product | raw }}",
    });
    expect(html).toBe("Tea &#38; Cake &#60;b&#62;|Tea & Cake <b>");
  });

  test("is escaped once where the author escapes too", () => {
    const { html } = emailOf({ subject: "s", body: "{{ '<' | escape }}{{ 'a\nb' | newline_to_br }}" });
    expect(html).toBe("&#60;a<br />\nb");
  });

  test("never lets a value open a tag or leave an attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom("<", ">", '"', "'", "&"), (value, mark) => {
        const { html } = emailOf(
          { subject: "s", body: '<p title="{{ person.traits.name }}">{{ person.traits.name }}</p>' },
          named(`${value}${mark}${value}`),
        );
        const [, title = "", inner = ""] = /^<p title="([^"]*)">([^<>]*)<\/p>$/.exec(html) ?? [];
        expect(title.trim()).toBe(inner.trim());
        expect(inner.replaceAll(/&#\d+;/g, "")).not.toMatch(/[<>"'&]/);
        expect(inner).not.toBe("");
      }),
    );
  });

  test("gets a text part of its own, with the addresses of its links", () => {
    const { text: plain } = emailOf({
      subject: "s",
      body: '<h1>Hi {{ person.traits.name }}</h1><p>See <a href="https://shop.example/cart">your cart</a></p><img src="https://x/y">',
    });
    expect(plain).toBe("Hi Ann\n\nSee your cart <https://shop.example/cart>");
  });

  test("keeps the text part that its author wrote", () => {
    expect(emailOf({ subject: "s", body: "<p>x</p>", text: "Dear {{ person.traits.name }},\r\nbye" }).text).toBe(
      "Dear Ann,\nbye",
    );
  });

  test("has its preheader before everything that is shown", () => {
    const { html, text: plain } = emailOf({
      subject: "s",
      preheader: "1 < 2",
      body: "<html><body class='a'><p>x</p></body></html>",
    });
    expect(html).toMatch(/<body class='a'><div style="display:none[^>]*>1 &#60; 2<\/div><p>x/);
    expect(plain).toBe("x");
  });

  test("has partials, which see what the message sees", () => {
    const partials = { footer: "<i>{{ journey.name }} {{ note }}</i>" };
    expect(emailOf({ subject: "s", body: '{% render "footer", note: "ok" %}' }, { partials }).html).toBe(
      "<i>cart-rescue ok</i>",
    );
  });

  test("warns where mailboxes would cut it, and where a marketing mail offers no way out", () => {
    const warnings = (body: string) =>
      renderedOf(anEmailJob({ subject: "s", body }, { category: "marketing" })).warnings.map(({ code }) => code);
    expect(warnings("x".repeat(110_000))).toEqual(["email_clipped", "no_unsubscribe_link"]);
    expect(warnings('<a href="{{ links.unsubscribe }}">no more</a>')).toEqual([]);
  });
});

describe("a line break in a name", () => {
  test.each(["Ann\r\nBcc: all@shop.example", "Ann\nx", "Ann\rx", "Ann\0x", "Ann\u2028x"])(
    "does not get into the subject: %j",
    (name) => {
      const job = anEmailJob({ subject: "Hello {{ person.traits.name }}!", body: "x" }, named(name));
      expect(faultsOf(job)).toEqual([{ code: "template_control_characters", field: "subject" }]);
    },
  );

  test("does not get into a title either", () => {
    const job = aJob({ channel: "push", content: { title: "{{ person.traits.name }}!", body: "x" }, ...named("a\nb") });
    expect(faultsOf(job)).toEqual([{ code: "template_control_characters", field: "title" }]);
  });

  test("around the whole line is nothing", () => {
    expect(emailOf({ subject: "  Hello\n", body: "x" }).subject).toBe("Hello");
  });

  test("never makes a second line of any subject", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        const rendered = renderMessage(anEmailJob({ subject: "Hi {{ person.traits.name }}", body: "x" }, named(name)));
        if (rendered.ok && rendered.message.channel === "email") {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
          expect(rendered.message.subject).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
        }
      }),
    );
  });
});

describe("a message that is missing something", () => {
  test("fails with the name of it", () => {
    expect(faultsOf(text("Hi {{ person.traits.nick }}"))).toEqual([
      { code: "template_missing_value", field: "body", value: "person.traits.nick" },
    ]);
  });

  test.each([
    ["{{ person.traits.nick | default: 'friend' }}", "friend"],
    ["{% if person.traits.nick %}a{% else %}b{% endif %}", "b"],
    ["{% if person.traits.nick == 'x' or arm == 'coupon' %}a{% endif %}", "a"],
  ])("goes on with a default, and in a condition: %s", (body, expected) => {
    expect(renderedOf(text(body)).message).toMatchObject({ text: expected });
  });

  test("is shown in a preview all the same, with all that is missing", () => {
    const body = "Hi {{ person.traits.nick }}, {{ coupon.code.short | upcase }} {{ event.properties.colour }}!";
    const { message, missing } = renderedOf(text(body, { lenient: true }));
    expect(message).toMatchObject({ text: "Hi ,  !" });
    expect(missing).toEqual(["person.traits.nick", "coupon.code.short", "event.properties.colour"]);
  });

  test("fails where a part of it renders to nothing", () => {
    expect(faultsOf(text("{% if false %}x{% endif %}"))).toEqual([{ code: "template_empty", field: "body" }]);
  });
});

describe("a broken template", () => {
  test.each([
    ["{% if %}", "template_syntax"],
    ["{% for a in %}{% endfor %}", "template_syntax"],
    ["{{ person.traits.name | shout }}", "template_syntax"],
    ["{{ person.traits.name", "template_syntax"],
    ["{% nonsense %}", "template_syntax"],
    ["{% include 'footer' %}", "template_syntax"],
    ["{% layout 'footer' %}", "template_syntax"],
    ["{% render person.traits.name %}", "template_syntax"],
    ["{% render '../../etc/passwd' %}", "template_syntax"],
    ["{% render 'foot{{ 1 }}' %}", "template_syntax"],
    ["{% render 'nobody' %}", "template_partial_unknown"],
    ["{{ person.traits }}", "template_not_text"],
    ["{% render 'self' %}", "template_too_deep"],
    ["{% for i in (1..100000000) %}{% endfor %}", "template_limit"],
    ["{% assign s = 'x' %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}", "template_limit"],
    [
      "{% for i in (1..3000) %}{{ '0123456789' | append: '0123456789' | append: '0123456789' | append: '0123456789' | append: '0123456789' | append: '0123456789' | append: '0123456789' | append: '0123456789' | append: '0123456789' }}{% endfor %}",
      "template_too_large",
    ],
  ])("%s is refused as %s", (body, code) => {
    expect(faultsOf(text(body, { partials: { self: "{% render 'self' %}" } }))).toEqual([{ code, field: "body" }]);
  });

  test.each([
    "{{ person.constructor }}",
    "{{ person.__proto__ }}",
    "{{ person.tags.constructor.constructor }}",
    "{{ toString }}",
  ])("reaches no prototype: %s", (body) => {
    expect(faultsOf(text(body)).map(({ code }) => code)).toEqual(["template_missing_value"]);
  });

  test("says what is wrong with every field", () => {
    expect(faultsOf(anEmailJob({ subject: "{{ a }}", body: "{% if %}" }))).toEqual([
      { code: "template_missing_value", field: "subject", value: "a" },
      { code: "template_syntax", field: "body" },
    ]);
  });
});

describe("a link that is too long to be tracked", () => {
  const long = `https://shop.example/?q=${"x".repeat(3_000)}`;

  test("stays as it is, and the preview says so, once for each", () => {
    const body = `<a href="${long}">long</a> <a href="https://shop.example/">short</a> <a href="${long}">long</a>`;
    const { links, warnings } = renderedOf(anEmailJob({ subject: "s", body }));
    expect(new Set(links.map(({ url }) => url))).toEqual(new Set(["https://shop.example/"]));
    expect(warnings).toEqual([
      {
        code: "link_untracked",
        message: expect.stringMatching(/^a link of 3024 characters .*https:\/\/shop\.example\/\?q=x+…\)$/),
      },
    ]);
  });
});

describe("the other channels", () => {
  test("a text has no control characters and no entities", () => {
    const { message } = renderedOf(text("{{ person.traits.name }}\r\nbye", named("A&B\u0007\u001b[31m")));
    expect(message).toEqual({ channel: "sms", text: "A&B[31m\nbye" });
  });

  test.each([
    ["a".repeat(70), []],
    ["a".repeat(160), ["160 characters are 1 message; to numbers of China (+86) 3"]],
    ["a".repeat(161), ["161 characters are 2 messages; to numbers of China (+86) 3"]],
    // Two septets each, of the GSM alphabet's extension.
    ["€".repeat(100), ["100 characters are 2 messages"]],
    ["好".repeat(71), ["71 characters are 2 messages"]],
  ])("a long text says how many messages it is: %.8s…", (body, warnings) => {
    expect(renderedOf(text(body)).warnings.map(({ message }) => message)).toEqual(warnings);
  });

  test.each([
    [60, []],
    [65, ["65 characters are 1 message; to numbers of China (+86) 2"]],
    [145, ["145 characters are 1 message; to numbers of China (+86) 3, of North America (+1) 2"]],
  ])("what the sender adds to a marketing text counts too: %i letters", (letters, warnings) => {
    const marketing = text("a".repeat(letters), { category: "marketing" });
    expect(renderedOf(marketing).warnings.map(({ message }) => message)).toEqual(warnings);
  });

  test("a webhook's values cannot break out of their JSON", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        const body =
          '{"name": "{{ person.traits.name }}", "tags": {{ person.tags | json }}, "n": {{ person.orders.count }}}';
        const { message } = renderedOf(aJob({ channel: "webhook", content: { body }, ...named(name) }));
        const json: unknown = message.channel === "webhook" ? JSON.parse(message.json) : undefined;
        expect(json).toEqual({ name: name.toWellFormed(), tags: ["frequent-buyer"], n: 3 });
      }),
      { examples: [["half a pair: \ud83d"], ['"}, {"'], ["\u2028"]] },
    );
  });

  test("a webhook that is no JSON is refused", () => {
    expect(faultsOf(aJob({ channel: "webhook", content: { body: '{"name": {{ person.traits.name }}}' } }))).toEqual([
      { code: "template_json_invalid", field: "body" },
    ]);
  });

  test("a tap leads to a page or into an app, and runs nothing", () => {
    const push = (url: string) => aJob({ channel: "push", content: { title: "t", body: "b", url } });
    expect(renderedOf(push("myshop://cart")).message).toMatchObject({ url: "myshop://cart" });
    expect(renderedOf(push("{% if false %}x{% endif %}")).message).toEqual({ channel: "push", title: "t", body: "b" });
    expect(faultsOf(push("javascript:alert(1)"))).toEqual([{ code: "template_link_unsafe", field: "url" }]);
    expect(faultsOf(push("not a url"))).toEqual([{ code: "template_url_invalid", field: "url" }]);
  });

  test("WeChat has the fields of the account's template", () => {
    const content = {
      data: { first: "Hi {{ person.traits.name }}", "keyword1.DATA": "x\u0000y" },
      url: "https://shop.example/",
    };
    expect(renderedOf(aJob({ channel: "wechat", content, wechatTemplateId: "id" })).message).toEqual({
      channel: "wechat",
      templateId: "id",
      data: { first: "Hi Ann", "keyword1.DATA": "xy" },
      url: "https://shop.example/",
    });
  });

  test("dates are of the person's zone, and now is the clock's", () => {
    const body = '{{ "now" | date: "%Y-%m-%d %H:%M" }}';
    const shown = (timeZone: string) => renderedOf(text(body, { timeZone })).message;
    expect(shown("Asia/Shanghai")).toMatchObject({ text: "2026-03-01 17:30" });
    expect(shown("America/New_York")).toMatchObject({ text: "2026-03-01 04:30" });
  });
});
