import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeIdentityRank } from "#domain/definitions/identity-settings.ts";
import { CollectedEvent } from "#events/collected-event.ts";
import { accept, collect, PUBLIC, RECEIVED_AT, receive, SENSORS, SETTINGS } from "../../support/collect-settings.ts";

const call = { type: "track", event: "E", userId: "u-1", messageId: "m-1" };

describe("any JSON value is accepted as a valid event or refused with a reason", () => {
  const types = fc.constantFrom("track", "identify", "page", "screen", "group", "alias", "profile_set", "track_signup");
  const field = fc.option(fc.oneof(fc.jsonValue(), fc.string(), fc.double(), fc.constant("u-1")), { nil: undefined });
  const names =
    "userId anonymousId messageId event timestamp originalTimestamp sentAt traits properties context groupId previousId " +
    "distinct_id login_id identities time original_id _track_id";
  const shaped = fc.record({
    type: types,
    ...Object.fromEntries(names.split(" ").map((name) => [name, field])),
    context: fc.option(
      fc.dictionary(
        fc.constantFrom("device", "externalIds", "page", "campaign", "traits", "os", "app", "ip", "userAgent"),
        fc.jsonValue(),
      ),
    ),
  });
  test.each([receive(), PUBLIC, SENSORS])("from %j", (reception) => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), shaped), (value) => {
        const outcome = collect(JSON.parse(JSON.stringify(value) ?? "null"), reception);
        if (outcome.kind === "refused") expect(outcome.message).not.toBe("");
        else expect(CollectedEvent.parse(JSON.parse(JSON.stringify(outcome.event)))).toBeDefined();
      }),
      { numRuns: 1000 },
    );
  });
  test("which is said twice becomes the same event twice", () => {
    fc.assert(
      fc.property(shaped, (value) => {
        const text = JSON.stringify(value);
        expect(collect(JSON.parse(text))).toEqual(collect(JSON.parse(text)));
      }),
    );
  });
});

describe("identifiers", () => {
  test("come from every place, the strongest first", () => {
    const context = {
      traits: { email: "Ann@Example.com" },
      device: { id: "dev-1", token: "tok-1" },
      externalIds: [
        { id: "un-1", type: "unionid" },
        { id: "op-1", type: "openid:wx123" },
        { id: 77, type: "memberNo" },
        { id: "x", type: "shoeSize" },
        "nonsense",
      ],
    };
    const identityTypes = [{ type: "memberNo" }];
    const settings = {
      ...SETTINGS,
      project: { ...SETTINGS.project, identityTypes },
      identityRank: makeIdentityRank([{ type: "memberNo" }] as never),
    };
    const event = accept({ ...call, anonymousId: "a-1", context }, receive(), settings);
    expect(event.identifiers).toEqual([
      ["userId", "u-1"],
      ["unionid", "un-1"],
      ["email", "ann@example.com"],
      ["openid:wx123", "op-1"],
      ["memberNo", "77"],
      ["deviceId", "dev-1"],
      ["registrationId", "tok-1"],
      ["anonymousId", "a-1"],
    ]);
    expect(event.flags).toEqual(["identifier_type_unknown"]);
  });
  test("that are junk are left out one by one", () => {
    const traits = { email: "none", phone: "000" };
    const event = accept({ type: "identify", userId: "undefined", anonymousId: "a-1", traits });
    expect(event).toMatchObject({ identifiers: [["anonymousId", "a-1"]], traits, flags: ["identifier_dropped"] });
  });
  test("of weak types that are too long or no text are left out", () => {
    const traits = { email: `${"a".repeat(600)}@b.c`, phone: { a: 1 } };
    expect(accept({ type: "identify", userId: "u-1", traits }).identifiers).toEqual([["userId", "u-1"]]);
  });
  test("of a group's own traits are not the member's", () => {
    const event = accept({ type: "group", userId: "u-1", groupId: 7, traits: { email: "info@acme.example", size: 5 } });
    expect(event.identifiers).toEqual([["userId", "u-1"]]);
    expect(event.traits).toEqual({ groups: ["7"] });
    expect(event.properties).toEqual({ email: "info@acme.example", size: 5, groupId: 7 });
  });
  test("name one user: a second userId is left out", () => {
    const context = { externalIds: [{ type: "userId", id: "u-2" }] };
    expect(accept({ ...call, context })).toMatchObject({
      identifiers: [["userId", "u-1"]],
      flags: ["identifier_conflict"],
    });
  });
});

describe("traits", () => {
  const settings = {
    ...SETTINGS,
    traits: new Map([
      ["vip", { protected: true }],
      ["visits", { mode: "add" as const }],
      ["likes", { mode: "append" as const }],
      ["firstPage", { mode: "setOnce" as const }],
    ]),
  };
  const traits = { vip: true, visits: 1, likes: "tea", firstPage: "/", plain: null };
  test("carry the modes of their definitions", () => {
    expect(accept({ type: "identify", userId: "u", traits }, receive(), settings)).toMatchObject({
      traits: { ...traits, likes: ["tea"] },
      traitModes: { visits: "add", likes: "append", firstPage: "setOnce" },
    });
  });
  test("that are protected are dropped from public sources", () => {
    const event = accept({ type: "identify", userId: "u", traits }, PUBLIC, settings);
    expect(event.traits).not.toHaveProperty("vip");
    expect(event.flags).toEqual(["protected_trait_dropped"]);
  });
  test("that cannot be added are left out", () => {
    const event = accept({ type: "identify", userId: "u", traits: { visits: "many" } }, receive(), settings);
    expect(event).not.toHaveProperty("traits");
    expect(event.flags).toEqual(["trait_type_mismatch"]);
  });
  test("of a RudderStack identify may be in its context, where its own win", () => {
    const context = { traits: { a: 1, b: 1 } };
    expect(accept({ type: "identify", userId: "u", context, traits: { b: 2 } }).traits).toEqual({ a: 1, b: 2 });
    expect(accept({ ...call, context })).not.toHaveProperty("traits");
  });
});

describe("activity", () => {
  test("is what people do: track, page and screen, not from a CRM or an import", () => {
    const isActivity = (fields: object, type: "web" | "crm" | "import" | "store") =>
      accept({ ...call, ...fields }, receive({ source: { name: "s", type, public: false } })).activity;
    expect(isActivity({}, "web")).toBe(true);
    expect(isActivity({}, "store")).toBe(true);
    expect(isActivity({ type: "page" }, "web")).toBe(true);
    expect(isActivity({ type: "identify" }, "web")).toBe(false);
    expect(isActivity({}, "crm")).toBe(false);
    expect(isActivity({}, "import")).toBe(false);
    expect(isActivity({ event: "Message Delivered" }, "web")).toBe(false);
    expect(isActivity({ event: "Message Clicked" }, "web")).toBe(true);
  });
});

describe("consent", () => {
  const update = { ...call, event: "Consent Updated" };
  const properties = { purpose: "marketing", channel: "sms", granted: true, textVersion: "v1", proof: "p" };
  test("is stamped with who collected it", () => {
    expect(accept({ ...update, properties }).consent).toEqual({ ...properties, collectedBy: "shop" });
  });
  test("unsubscribing is a refusal, of every channel where none is named", () => {
    expect(accept({ ...call, event: "Unsubscribed", properties: { channel: "email" } }).consent).toMatchObject({
      purpose: "marketing",
      channel: "email",
      granted: false,
    });
    expect(accept({ ...call, event: "Unsubscribed" }).consent).toMatchObject({ channel: "*", granted: false });
  });
  test("granted through a public source needs an anonymousId, and is marked", () => {
    const unproven = accept({ ...update, properties }, PUBLIC);
    expect(unproven).not.toHaveProperty("consent");
    expect(unproven.flags).toEqual(["consent_grant_unproven"]);
    const proven = accept({ ...update, anonymousId: "a-1", properties }, PUBLIC);
    expect(proven).toMatchObject({ consent: { granted: true }, flags: ["public_grant"] });
  });
  test("refused always counts", () => {
    expect(accept({ ...update, properties: { ...properties, granted: false } }, PUBLIC).consent?.granted).toBe(false);
  });
});

describe("where a visit comes from", () => {
  const visit = (context: object) => accept({ ...call, type: "page", context }).acquisition;
  test("is told by the campaign before the page's UTM parameters", () => {
    const page = { url: "https://shop.example/?utm_source=a&utm_medium=b&utm_campaign=c&utm_term=d&utm_content=e" };
    expect(visit({ page })).toEqual({ source: "a", medium: "b", campaign: "c", term: "d", content: "e" });
    expect(visit({ page, campaign: { name: "own", source: "mail" } })).toMatchObject({
      campaign: "own",
      source: "mail",
      medium: "b",
    });
  });
  test("is organic from a search engine, with the keyword where it tells", () => {
    const page = { url: "https://shop.example/", referrer: "https://www.baidu.com/s?wd=%E5%92%96%E5%95%A1" };
    expect(visit({ page })).toEqual({ source: "baidu", medium: "organic", keyword: "咖啡", referrer: page.referrer });
    expect(visit({ page: { referrer: "https://www.google.co.uk/" } })).toMatchObject({
      source: "google",
      medium: "organic",
    });
    expect(visit({ page: { referrer: "https://notgoogle.com/" } })).toMatchObject({
      source: "notgoogle.com",
      medium: "referral",
    });
  });
  test("is nowhere for direct visits and for steps within the site", () => {
    expect(visit({ page: { url: "https://shop.example/b", referrer: "https://shop.example/a" } })).toBeUndefined();
    expect(visit({ page: { url: "https://shop.example/b", referrer: "" } })).toBeUndefined();
    expect(visit({ page: { url: "not a url", referrer: "nor this" } })).toBeUndefined();
  });
  test("is kept short and well-formed", () => {
    const source = "😀".repeat(300);
    const kept = visit({ campaign: { source } })?.source ?? "";
    expect(kept.length).toBeLessThanOrEqual(256);
    expect(kept.isWellFormed()).toBe(true);
  });
});

describe("place and device", () => {
  const iphone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1";
  const reception = { ip: "203.0.113.9", userAgent: iphone };
  test("of a public source are those of the request", () => {
    expect(accept(call, { ...PUBLIC, ...reception })).toMatchObject({
      place: { country: "203.0.113.9" },
      device: { platform: "web", os: "iOS" },
    });
  });
  test("of a server are those that it tells, never its own", () => {
    const own = accept(call, receive(reception));
    expect(own).not.toHaveProperty("place");
    expect(own).not.toHaveProperty("device");
    const context = { ip: "198.51.100.7", userAgent: iphone, app: { name: "Shop" } };
    expect(accept({ ...call, context }, receive(reception))).toMatchObject({
      place: { country: "198.51.100.7" },
      device: { platform: "web", os: "iOS", app: "Shop" },
    });
  });
  test("of an app's source need no user agent", () => {
    const android = receive({ source: { name: "app", type: "android", public: true } });
    expect(accept(call, android).device).toEqual({ platform: "android", os: "Android" });
    const context = { os: { name: "iPadOS" } };
    expect(accept({ ...call, context }, receive()).device).toEqual({ platform: "ios", os: "iOS" });
  });
});

describe("names and times", () => {
  test.each([
    ["Completed Order", "Order Completed"],
    ["Viewed Product", "Product Viewed"],
    ["Added Product", "Product Added"],
    ["Viewed Product Category", "Product List Viewed"],
    ["toString", "toString"],
    ["OrderCompleted", "OrderCompleted"],
  ])("the event %s is %s", (given, name) => expect(accept({ ...call, event: given }).event).toBe(name));

  test("a renamed order is an order", () => {
    expect(accept({ ...call, event: "Completed Order", properties: { revenue: 5 } }).order?.amountMinor).toBe(500);
  });
  test("timestamp before originalTimestamp before receipt; the day is the project's", () => {
    const times = { timestamp: "2026-01-02T00:00:00Z", originalTimestamp: "2026-01-01T00:00:00Z" };
    expect(accept({ ...call, ...times }).at).toBe(Date.UTC(2026, 0, 2));
    expect(accept({ ...call, originalTimestamp: times.originalTimestamp }).at).toBe(Date.UTC(2026, 0, 1));
    const untimed = accept(call);
    expect(untimed.at).toBe(RECEIVED_AT);
    expect(untimed.day).toBe(Math.floor(RECEIVED_AT / 86_400_000));
  });
  test("a call without a messageId is given one", () => {
    expect(accept({ ...call, messageId: undefined }).messageId).toBe("made");
  });
});
