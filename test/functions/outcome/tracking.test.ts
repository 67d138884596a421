import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readLink } from "#domain/links/link-token.ts";
import { isAutomated } from "#functions/outcome/tracking/machines.ts";
import type { Gateway } from "../../support/collect-harness.ts";
import { LINK_KEY } from "../../support/follow-ports.ts";
import { BROWSER, makeOutcomeHarness } from "../../support/outcome-harness.ts";

const DAY = 86_400_000;
const URL_OF_SHOP = "https://shop.example/cart?utm=1#top";

async function openHarness() {
  const harness = await makeOutcomeHarness();
  const open = `/t/${harness.link({ k: "open", t: "t-1", c: "email" })}`;
  const click = (u = URL_OF_SHOP, t = "t-1") => `/t/${harness.link({ k: "click", t, c: "email", u })}`;
  const get = (path: string, headers: Record<string, string> = BROWSER, gateway: Gateway = "http", method = "GET") =>
    harness.send({ method, path, headers }, gateway);
  return { ...harness, open, click, get };
}

describe.each<[Gateway]>([["http"], ["rest"]])("a link behind a %s gateway", (gateway) => {
  test("leads to the URL that was signed, and is a click of the person", async () => {
    const harness = await openHarness();
    const answer = await harness.get(harness.click(), BROWSER, gateway);
    expect(answer.statusCode).toBe(302);
    expect(answer.headers).toMatchObject({ Location: URL_OF_SHOP, "Cache-Control": "no-store" });
    expect(harness.stream.events).toMatchObject([
      {
        event: "Message Clicked",
        identifiers: [["userId", "ann"]],
        activity: true,
        source: { name: "strata", type: "server" },
        properties: { touchId: "t-1", channel: "email", journey: "cart-rescue", url: URL_OF_SHOP },
      },
    ]);
    await harness.settle();
  });

  test("gives the pixel, never kept, and is an opening", async () => {
    const harness = await openHarness();
    const answer = await harness.get(harness.open, BROWSER, gateway);
    expect(answer.headers).toMatchObject({ "Content-Type": "image/gif", "Cache-Control": "no-store" });
    const pixel = Buffer.from(answer.body, "base64");
    expect([pixel.subarray(0, 6).toString(), pixel.readUInt16LE(6), pixel.readUInt16LE(8)]).toEqual(["GIF89a", 1, 1]);
    expect(harness.stream.events).toMatchObject([{ event: "Message Opened", activity: true }]);
  });
});

test("opened and clicked again and again is one event a day, for each link, people and machines apart", async () => {
  const harness = await openHarness();
  const visit = async () => {
    for (let n = 0; n < 20; n++) {
      harness.state.now += 60_000;
      await harness.get(harness.open);
      await harness.get(harness.open, { "user-agent": "Mozilla/5.0 (via ggpht.com GoogleImageProxy)" });
      await harness.get(harness.click());
      await harness.get(harness.click("https://shop.example/other"));
    }
  };
  await visit();
  harness.state.now += DAY;
  await visit();
  const ids = harness.stream.events.map(({ messageId }) => messageId);
  expect([ids.length, new Set(ids).size]).toEqual([160, 8]);
  await harness.settle();
  const { events } = await harness.fold.activity.list(harness.annId, { limit: 100 });
  const names = events.flatMap(({ event = "" }) => (event.startsWith("Message") ? event : []));
  expect(names.toSorted()).toEqual([
    ...Array<string>(4).fill("Message Clicked"),
    ...Array<string>(4).fill("Message Opened"),
  ]);
});

describe("machines", () => {
  test.each<[string, string, Record<string, string>]>([
    [
      "Gmail's proxy",
      "GET",
      { "user-agent": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)" },
    ],
    ["Apple's Mail Privacy Protection", "GET", { "user-agent": "Mozilla/5.0" }],
    [
      "Yahoo's proxy",
      "GET",
      { "user-agent": "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html" },
    ],
    ["a scanner", "GET", { "user-agent": "Mozilla/5.0 (compatible; Proofpoint URL Defense)" }],
    ["a crawler", "GET", { "user-agent": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)" }],
    ["nobody that says a name", "GET", {}],
    ["a browser that fetches ahead", "GET", { ...BROWSER, Purpose: "prefetch" }],
    ["a browser that fetches ahead by its newer name", "GET", { ...BROWSER, "Sec-Purpose": "prefetch;prerender" }],
    ["a HEAD", "HEAD", BROWSER],
  ])("%s is recorded as one: counted apart and nobody's activity", async (_, method, headers) => {
    const harness = await openHarness();
    const answer = await harness.get(harness.click(), headers, "http", method);
    expect(answer.statusCode).toBe(302);
    expect(harness.stream.events).toMatchObject([{ activity: false, properties: { automated: true } }]);
    expect([harness.counted.get("ClickedByMachines"), harness.counted.get("Clicked")]).toEqual([1, undefined]);
  });

  test.each([
    BROWSER["user-agent"],
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 14; CUBOT KINGKONG) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17126; Pro)",
  ])("%s is a person", (agent) => {
    const headers = new Map([["user-agent", agent]]);
    expect(isAutomated({ method: "GET", header: (name) => headers.get(name) })).toBe(false);
  });
});

describe("nobody is led anywhere else", () => {
  test("whatever is added to a link, only the URL that was signed is answered", async () => {
    const harness = await openHarness();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.webUrl(), fc.string(), fc.constantFrom("//evil.example", "/\\evil.example", "javascript:alert(1)")),
        fc.constantFrom("url", "u", "redirect", "next", "to"),
        async (text, name) => {
          const answer = await harness.get(`${harness.click()}?${name}=${encodeURIComponent(text)}`, {
            ...BROWSER,
            host: "evil.example",
            "x-forwarded-host": "evil.example",
          });
          expect(answer.headers.Location).toBe(URL_OF_SHOP);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a token with another URL, in any spelling, is no token", async () => {
    const harness = await openHarness();
    const [id = "", payload = "", mac = ""] = harness.click().slice(3).split(".");
    const read = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, string>;
    await fc.assert(
      fc.asyncProperty(fc.webUrl(), async (u) => {
        const forged = Buffer.from(JSON.stringify({ ...read, u })).toString("base64url");
        const answer = await harness.get(`/t/${id}.${forged}.${mac}`);
        expect([answer.statusCode, answer.headers.Location]).toEqual([404, undefined]);
      }),
      { numRuns: 60 },
    );
    for (const text of [`${id}.${payload}.${mac}=`, `${id}.${payload}.${mac.slice(0, -1)}`, "", "..", "a.b.c"]) {
      expect((await harness.get(`/t/${encodeURIComponent(text)}`)).statusCode).toBe(404);
    }
    expect((await harness.get(`/t/${harness.page.slice(3)}`)).statusCode).toBe(404);
    expect(harness.stream.events).toEqual([]);
  });

  test("a signed URL cannot end the header or name a scheme that runs", async () => {
    const harness = await openHarness();
    const answer = await harness.get(harness.click("https://shop.example/\r\nSet-Cookie: a=b"));
    expect(answer.headers.Location ?? "").not.toMatch(/[\r\n]/);
    expect(() =>
      readLink(harness.link({ k: "click", t: "t", c: "email", u: "javascript:alert(1)" }), LINK_KEY),
    ).toThrow("Invalid URL");
    expect((await harness.get(harness.click("javascript:alert(1)"))).headers.Location).toBeUndefined();
  });
});

test("who follows a link gets there where nothing can be recorded, and what is forgotten tells nothing", async () => {
  const harness = await openHarness();
  expect((await harness.get(harness.click(URL_OF_SHOP, "forgotten"))).statusCode).toBe(302);
  expect(harness.failures).toEqual([]);
  harness.state.failStream = true;
  expect((await harness.get(harness.click())).headers.Location).toBe(URL_OF_SHOP);
  expect((await harness.get(harness.open)).headers["Content-Type"]).toBe("image/gif");
  expect(harness.failures).toEqual(["link_not_recorded", "link_not_recorded"]);
  expect(harness.stream.events).toEqual([]);
});

test("no link takes a POST, and no other path is answered", async () => {
  const harness = await openHarness();
  expect((await harness.send({ method: "POST", path: harness.click() })).statusCode).toBe(405);
  for (const path of ["/", "/t", "/t/a/b", "/v1/outcomes/email"]) {
    expect((await harness.get(path)).statusCode).toBe(404);
  }
});
