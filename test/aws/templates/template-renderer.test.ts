import { afterAll, describe, expect, test } from "vitest";
import { makeTemplateRenderer } from "#aws/templates/template-renderer.ts";
import { anEmailJob } from "../../domain/templates/a-job.ts";

const renderer = makeTemplateRenderer();
afterAll(() => renderer.close());

const SOUND = anEmailJob({ subject: "Hello {{ person.traits.name }}", body: "<p>Hi</p>" });

async function refusalOf(body: string): Promise<string[]> {
  const rendered = await renderer.render(anEmailJob({ subject: "s", body }));
  return rendered.ok ? ["rendered"] : rendered.faults.map(({ code }) => code);
}

describe("a template that never comes to an end, or asks for too much", () => {
  const ENDLESS =
    "{% for a in (1..3000) %}{% for b in (1..3000) %}{% for c in (1..3000) %}{% endfor %}{% endfor %}{% endfor %}";
  const LONG = `{% assign s = "${"x".repeat(1000)}" %}`;

  test.each([
    ["loops for ever", ENDLESS, ["template_timeout", "template_limit"]],
    ["loops a hundred million times", "{% for i in (1..100000000) %}x{% endfor %}", ["template_limit"]],
    ["writes 10 MB", `${LONG}{% for i in (1..10000) %}{{ s }}{% endfor %}`, ["template_too_large", "template_limit"]],
    [
      "doubles a text again and again",
      `${LONG}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}{{ s }}`,
      ["template_limit", "template_memory", "template_too_large"],
    ],
    [
      "keeps everything that it captures",
      `{% for i in (1..200000) %}{% capture s %}{{ s | default: "" }}${"y".repeat(5000)}{% endcapture %}{% endfor %}`,
      ["template_memory", "template_timeout", "template_limit", "template_too_large"],
    ],
    [
      "is nested very deep",
      "{% if true %}".repeat(20_000) + "{% endif %}".repeat(20_000),
      ["template_too_deep", "template_syntax", "template_timeout"],
    ],
  ])("that %s is given up with a reason, and the next message is none the worse", async (_, body, reasons) => {
    const [code = ""] = await refusalOf(body);
    expect(reasons).toContain(code);
    expect(await renderer.render(SOUND)).toMatchObject({ ok: true, message: { subject: "Hello Ann" } });
  });

  test("delays the messages behind it, and fails none of them", async () => {
    const [bad, ...good] = await Promise.all([
      renderer.render(anEmailJob({ subject: "s", body: ENDLESS })),
      renderer.render(SOUND),
      renderer.render(SOUND),
    ]);
    expect(bad?.ok).toBe(false);
    expect(good.map(({ ok }) => ok)).toEqual([true, true]);
  });
});

describe("the thread that renders", () => {
  test("starts anew after it was ended", async () => {
    const other = makeTemplateRenderer();
    expect((await other.render(SOUND)).ok).toBe(true);
    await other.close();
    expect((await other.render(SOUND)).ok).toBe(true);
    await other.close();
  });

  test("reaches no prototype, no process and no environment", async () => {
    for (const body of [
      "{{ person.constructor }}",
      "{{ person.constructor.constructor }}",
      "{{ person.__proto__.toString }}",
      "{{ 'a'.constructor }}",
      "{{ person.traits.name.constructor }}",
      "{{ process.env.HOME }}",
      "{{ globalThis }}",
    ]) {
      expect(await refusalOf(body), body).toEqual(["template_missing_value"]);
    }
  });
});
