import { describe, expect, test } from "vitest";
import { profileIdOf } from "#domain/identity/profile-id.ts";
import { hashAddress, signLink } from "#domain/links/link-token.ts";
import { readConsent } from "#domain/profile/consent.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import type { Gateway } from "../../support/collect-harness.ts";
import { LINK_KEY } from "../../support/follow-ports.ts";
import { BROWSER, HASH, makeOutcomeHarness } from "../../support/outcome-harness.ts";
import { anEvent } from "../../support/people.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded", ...BROWSER };
const ONE_CLICK = "List-Unsubscribe=One-Click";

type Harness = Awaited<ReturnType<typeof makeOutcomeHarness>>;

async function consentOf({ fold }: Harness, channel: string) {
  const [person] = fold.profiles.all().filter(({ mergedInto }) => !mergedInto);
  return person && readConsent(person.state, "marketing", channel)?.granted;
}

describe.each<[Gateway]>([["http"], ["rest"]])("the preference page behind a %s gateway", (gateway) => {
  test("one click unsubscribes: suppressed before the answer, refused in the profile and the ledger after it", async () => {
    const harness = await makeOutcomeHarness();
    const answer = await harness.send({ path: harness.page, headers: FORM, body: ONE_CLICK }, gateway);
    expect(answer.statusCode).toBe(200);
    expect(await harness.isSuppressed()).toBe(true);
    expect(
      harness.stream.events.map(({ event, consent, activity, source: { name } }) => ({
        event,
        consent,
        activity,
        name,
      })),
    ).toEqual([
      {
        event: "Unsubscribed",
        consent: {
          purpose: "marketing",
          channel: "email",
          granted: false,
          collectedBy: "one-click",
          proof: "touch:t-1",
        },
        activity: false,
        name: "strata",
      },
    ]);
    await harness.settle();
    expect(await consentOf(harness, "email")).toBe(false);
    expect(await consentOf(harness, "sms")).toBe(true);
    const { entries } = await harness.fold.consents.list(harness.annId, { limit: 9 });
    expect(entries[0]).toMatchObject({ channel: "email", granted: false, collectedBy: "one-click", source: "strata" });
  });

  test("the form saves what somebody changed, and says how it stands now", async () => {
    const harness = await makeOutcomeHarness();
    const shown = await harness.send({ method: "GET", path: harness.page, headers: BROWSER }, gateway);
    expect(shown.body).toContain('value="marketing.email" checked');
    expect(shown.body).toContain('value="marketing.sms" checked');
    const body = "do=save&shown=marketing.email&shown=marketing.sms&on=marketing.sms";
    const saved = await harness.send({ path: harness.page, headers: FORM, body }, gateway);
    expect(saved.statusCode).toBe(200);
    expect(saved.body).toContain("You agreed");
    expect(saved.body).toContain("You have not agreed");
    expect(await harness.isSuppressed()).toBe(true);
    expect(harness.stream.events).toHaveLength(1);
    expect(harness.stream.events[0]?.consent).toMatchObject({ textVersion: "preference-page-1-en", granted: false });
    await harness.settle();
    expect(await consentOf(harness, "email")).toBe(false);
    // And back again: who unsubscribed by mistake is written to again.
    const again = "do=save&shown=marketing.sms&on=marketing.sms&on=marketing.email";
    await harness.send({ path: harness.page, headers: FORM, body: again }, gateway);
    expect(await harness.isSuppressed()).toBe(false);
    await harness.settle();
    expect(await consentOf(harness, "email")).toBe(true);
  });
});

describe("what changes nothing", () => {
  test("a thousand GETs and HEADs of every link, whatever they ask for", async () => {
    const harness = await makeOutcomeHarness();
    const versions = () => harness.fold.profiles.all().map(({ version }) => version);
    const before = versions();
    for (let n = 0; n < 1000; n++) {
      const query = ["", "?lang=zh", "?do=none", `?${ONE_CLICK}`, "?do=save&on=x"][n % 5];
      const method = n % 3 === 0 ? "HEAD" : "GET";
      const answer = await harness.send({ method, path: `${harness.page}${query}`, headers: BROWSER });
      expect(answer.statusCode).toBe(200);
    }
    expect(harness.stream.events).toEqual([]);
    expect(await harness.isSuppressed()).toBe(false);
    expect(versions()).toEqual(before);
  });

  test.each([
    ["nothing", ""],
    ["another case", "list-unsubscribe=one-click"],
    ["more than the pair", `${ONE_CLICK}&x=1`],
    ["JSON", JSON.stringify({ "List-Unsubscribe": "One-Click" })],
    ["an action nobody knows", "do=everything"],
    ["17 KB", `do=none&${"x".repeat(17_000)}`],
  ])("a POST of %s", async (_, body) => {
    const harness = await makeOutcomeHarness();
    const answer = await harness.send({ path: harness.page, headers: FORM, body });
    expect([400, 413]).toContain(answer.statusCode);
    expect(harness.stream.events).toEqual([]);
    expect(await harness.isSuppressed()).toBe(false);
  });

  test("tokens that are forged, cut short, of another deployment or of another kind: 404, and all alike", async () => {
    const harness = await makeOutcomeHarness();
    const token = harness.page.slice(3);
    const [id, payload = "", mac] = token.split(".");
    const other = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, string>;
    const forged = Buffer.from(JSON.stringify({ ...other, p: "p_bob" })).toString("base64url");
    const elsewhere = { id: LINK_KEY.id, secret: Buffer.from("another deployment") };
    const tokens = [
      token.slice(0, -1),
      `${id}.${forged}.${mac}`,
      `${id}.${payload}.`,
      `${id}.${payload}`,
      `${token}.x`,
      "x",
      "%00",
      "a".repeat(5000),
      signLink(other as never, elsewhere),
      harness.link({ k: "open", t: "t-1", c: "email" }),
    ];
    const pages = new Set<string>();
    for (const text of tokens) {
      for (const method of ["GET", "POST"]) {
        const answer = await harness.send({ method, path: `/u/${text}`, headers: FORM, body: ONE_CLICK });
        expect(answer.statusCode).toBe(404);
        pages.add(answer.body);
      }
    }
    expect(pages.size).toBe(1);
    expect(harness.stream.events).toEqual([]);
    expect(await harness.isSuppressed()).toBe(false);
  });
});

test("one click may come as multipart, as RFC 8058 allows, and only with that one field", async () => {
  const harness = await makeOutcomeHarness();
  const part = (name: string, value: string) =>
    `--b0\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const headers = { "content-type": "multipart/form-data; boundary=b0" };
  const two = `${part("List-Unsubscribe", "One-Click")}${part("x", "y")}--b0--\r\n`;
  expect((await harness.send({ path: harness.page, headers, body: two })).statusCode).toBe(400);
  const one = `${part("List-Unsubscribe", "One-Click")}--b0--\r\n`;
  expect((await harness.send({ path: harness.page, headers, body: one })).statusCode).toBe(200);
  expect(await harness.isSuppressed()).toBe(true);
});

test("stopping everything stops every channel and every address at once", async () => {
  const harness = await makeOutcomeHarness();
  const answer = await harness.send({ path: `${harness.page}?lang=zh`, headers: FORM, body: "do=none" });
  expect(answer.body).toContain("您已退订");
  expect(answer.body).toContain("任何渠道");
  expect(await harness.isSuppressed()).toBe(true);
  expect(await harness.isSuppressed("sms", hashAddress("sms", "+8613800138000", LINK_KEY))).toBe(true);
  await harness.settle();
  expect([await consentOf(harness, "email"), await consentOf(harness, "sms")]).toEqual([false, false]);
});

test("a statement that is taken back before the first was folded still counts: the later word holds", async () => {
  const harness = await makeOutcomeHarness();
  await harness.send({ path: harness.page, headers: FORM, body: ONE_CLICK });
  harness.state.now += 1;
  await harness.send({
    path: harness.page,
    headers: FORM,
    body: "do=save&on=marketing.email&shown=marketing.sms&on=marketing.sms",
  });
  expect(await harness.isSuppressed()).toBe(false);
  harness.state.now += 1;
  await harness.send({
    path: harness.page,
    headers: FORM,
    body: "do=save&shown=marketing.email&shown=marketing.sms&on=marketing.sms",
  });
  expect(await harness.isSuppressed()).toBe(true);
  await harness.settle();
  expect([await consentOf(harness, "email"), await consentOf(harness, "sms")]).toEqual([false, true]);
});

test("where the stream does not answer, the refusal already holds and the page says to try again", async () => {
  const harness = await makeOutcomeHarness();
  harness.state.failStream = true;
  const answer = await harness.send({ path: harness.page, headers: FORM, body: ONE_CLICK });
  expect(answer.statusCode).toBe(503);
  expect(await harness.isSuppressed()).toBe(true);
});

test("a link to somebody who was merged since reaches whoever they are now", async () => {
  const harness = await makeOutcomeHarness();
  const visitor = profileIdOf("anonymousId:a-1" as IdentifierKey);
  await foldBatch(harness.fold, [anEvent("v", { identifiers: [["anonymousId", "a-1"]] })]);
  await foldBatch(harness.fold, [
    anEvent("login", {
      identifiers: [
        ["userId", "ann"],
        ["anonymousId", "a-1"],
      ],
    }),
  ]);
  const page = harness.preferencesOf(visitor, "an address that is no longer hers");
  expect((await harness.send({ method: "GET", path: page, headers: BROWSER })).body).toContain("What may we send you?");
  await harness.send({ path: page, headers: FORM, body: ONE_CLICK });
  expect(await harness.isSuppressed("email", "an address that is no longer hers")).toBe(true);
  expect(await harness.isSuppressed()).toBe(true);
  await harness.settle();
  expect(await consentOf(harness, "email")).toBe(false);
});

test("somebody who was erased is told so; their address can still be stopped", async () => {
  const harness = await makeOutcomeHarness();
  const page = harness.preferencesOf("p_nobody");
  const shown = await harness.send({ method: "GET", path: page, headers: { "accept-language": "zh-CN,en;q=0.5" } });
  expect([shown.statusCode, shown.body.includes("您的数据已被删除")]).toEqual([200, true]);
  expect((await harness.send({ path: page, headers: FORM, body: ONE_CLICK })).statusCode).toBe(200);
  expect(await harness.isSuppressed()).toBe(true);
  expect(harness.stream.events).toEqual([]);
});

test("a bounced address stays stopped, whatever is ticked", async () => {
  const harness = await makeOutcomeHarness();
  await harness.fold.suppressions.put("email", HASH, "all", { reason: "hard_bounce", at: 1 });
  const body = "do=save&on=marketing.email&shown=marketing.sms&on=marketing.sms";
  const answer = await harness.send({ path: harness.page, headers: FORM, body });
  expect(answer.body).toContain("Nothing can be sent here");
  expect(await harness.isSuppressed()).toBe(true);
});

test("the page runs nothing, loads nothing, is framed by nobody and kept by nobody; HEAD has its headers", async () => {
  const harness = await makeOutcomeHarness();
  const { headers, body } = await harness.send({ method: "GET", path: harness.page, headers: BROWSER });
  const policy = headers["Content-Security-Policy"] ?? "";
  expect(policy).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
  );
  expect(headers).toMatchObject({ "Cache-Control": "no-store", "Referrer-Policy": "no-referrer" });
  expect(body).not.toMatch(/<script|<img|<link|src=|https?:|@import|url\(|javascript:|\son\w+=/i);
  const head = await harness.send({ method: "HEAD", path: harness.page, headers: BROWSER });
  expect([head.statusCode, head.body, head.headers["Content-Type"]]).toEqual([200, "", "text/html; charset=utf-8"]);
});

test.each([
  ["", "en", "What may we send you?"],
  ["zh-CN,zh;q=0.9,en;q=0.8", "zh", "您希望收到哪些消息？"],
  ["fr, zh;q=0.1, en;q=0.3", "en", "What may we send you?"],
  ["de", "en", "What may we send you?"],
  ["en;q=0, zh", "zh", "您希望收到哪些消息？"],
])("Accept-Language %j is answered in %s", async (accepted, language, title) => {
  const harness = await makeOutcomeHarness();
  const headers = { ...BROWSER, "accept-language": accepted };
  const answer = await harness.send({ method: "GET", path: harness.page, headers });
  expect([answer.headers["Content-Language"], answer.body.includes(title)]).toEqual([language, true]);
});
