import { describe, expect, test } from "vitest";
import { renderMessage } from "#domain/templates/render-message.ts";
import type { RenderJob } from "#domain/templates/rendering.ts";
import { trackMessage } from "#domain/templates/track-message.ts";
import { aJob, anEmailJob } from "./a-job.ts";

const track = (url: string) => `https://t.example/t?u=${encodeURIComponent(url)}&s=1`;

function tracked(job: RenderJob, openPixel?: string) {
  const rendered = renderMessage(job);
  if (!rendered.ok) throw new Error(JSON.stringify(rendered.faults));
  return trackMessage(rendered.message, rendered.links, { track, ...(openPixel !== undefined && { openPixel }) });
}

function htmlOf(body: string, openPixel?: string): string {
  const message = tracked(anEmailJob({ subject: "s", body }), openPixel);
  return message.channel === "email" ? message.html : "";
}
const CART = "https://t.example/t?u=https%3A%2F%2Fshop.example%2Fcart&#38;s=1";

describe("the links of a mail", () => {
  test.each([
    ['<a href="https://shop.example/cart">a</a>', `<a href="${CART}">a</a>`],
    ["<a class=b href='https://shop.example/cart' id=c>a</a>", `<a class=b href="${CART}" id=c>a</a>`],
    ["<A HREF=https://shop.example/cart>a</A>", `<A href="${CART}">a</A>`],
    ['<map><area href = "https://shop.example/cart"></map>', `<map><area href="${CART}"></map>`],
    [
      '<a href="https://shop.example/?a=1&amp;b=2">a</a>',
      '<a href="https://t.example/t?u=https%3A%2F%2Fshop.example%2F%3Fa%3D1%26b%3D2&#38;s=1">a</a>',
    ],
  ])("are replaced, and everything else stays as it was: %s", (body, expected) => {
    expect(htmlOf(body)).toBe(expected);
  });

  test.each([
    '<a href="mailto:help@shop.example">a</a>',
    '<a href="tel:+8613800138000">a</a>',
    '<a href="#top">a</a>',
    '<a name="here">a</a>',
    '<link href="https://shop.example/style.css">',
    '<img src="https://shop.example/a.png">',
    '<!-- <a href="https://shop.example/cart">a</a> -->',
    "<style>a { background: url(https://shop.example/x) }</style>",
  ])("stay where they are no pages to click: %s", (body) => {
    expect(htmlOf(`<p>x</p>${body}`)).toBe(`<p>x</p>${body}`);
  });

  test("to unsubscribe are never tracked", () => {
    const body = '<a href="{{ links.unsubscribe }}">a</a> <a href="{{ links.preferences }}">b</a>';
    const message = tracked(anEmailJob({ subject: "s", body }));
    expect(JSON.stringify(message)).not.toContain("t.example");
  });

  test("that run a program are refused", () => {
    for (const href of [
      "javascript:alert(1)",
      " JaVaScRiPt:alert(1)",
      "java&#10;script:alert(1)",
      "data:text/html,x",
      "vbscript:x",
    ]) {
      const rendered = renderMessage(anEmailJob({ subject: "s", body: `<a href="${href}">a</a>` }));
      expect(rendered, href).toMatchObject({ ok: false, faults: [{ code: "template_link_unsafe", field: "body" }] });
    }
  });

  test("are tracked in the text part too, without the punctuation behind them", () => {
    const message = tracked(
      anEmailJob({ subject: "s", body: "x", text: "See https://shop.example/cart. 或 https://shop.example/cart。" }),
    );
    expect(message).toMatchObject({
      text: `See ${track("https://shop.example/cart")}. 或 ${track("https://shop.example/cart")}。`,
    });
  });
});

describe("the pixel that tells of an opening", () => {
  const pixel =
    '<img src="https://t.example/o?a=1&#38;b=2" width="1" height="1" alt="" style="display:block;border:0">';
  test("stands at the end of the body, or of the whole", () => {
    const url = "https://t.example/o?a=1&b=2";
    expect(htmlOf("<html><body>İx</body></html>", url)).toBe(`<html><body>İx${pixel}</body></html>`);
    expect(htmlOf("x", url)).toBe(`x${pixel}`);
  });
});

describe("other channels", () => {
  test("have links in their text and where a tap leads", () => {
    expect(
      tracked(
        aJob({ channel: "push", content: { title: "t", body: "b https://a.example/", url: "https://a.example/" } }),
      ),
    ).toMatchObject({ body: `b ${track("https://a.example/")}`, url: track("https://a.example/") });
    expect(tracked(aJob({ channel: "push", content: { title: "t", body: "b", url: "myshop://cart" } }))).toMatchObject({
      url: "myshop://cart",
    });
    expect(tracked(aJob({ channel: "sms", content: { body: "b https://a.example/" } }))).toMatchObject({
      text: `b ${track("https://a.example/")}`,
    });
  });
});
