import { describe, expect, test } from "vitest";
import { accept, collect, PUBLIC, RECEIVED_AT, SENSORS } from "../../support/collect-settings.ts";

const call = { type: "track", event: "E", distinct_id: "d-1", time: RECEIVED_AT - 1000, _track_id: 1, properties: {} };
const read = (fields: object) => accept({ ...call, ...fields }, SENSORS);
const refusal = (fields: object) => {
  const outcome = collect({ ...call, ...fields }, SENSORS);
  return outcome.kind === "refused" ? outcome.code : outcome.event;
};

describe("who a Sensors call is about", () => {
  test("distinct_id is anonymous", () => {
    expect(read({}).identifiers).toEqual([["anonymousId", "d-1"]]);
  });
  test("distinct_id with $is_login_id is a user", () => {
    expect(read({ properties: { $is_login_id: true } }).identifiers).toEqual([["userId", "d-1"]]);
    expect(read({ properties: { $is_login_id: false } }).identifiers).toEqual([["anonymousId", "d-1"]]);
  });
  test("login_id is a user, beside the anonymous distinct_id", () => {
    expect(read({ login_id: "u-1" }).identifiers).toEqual([
      ["userId", "u-1"],
      ["anonymousId", "d-1"],
    ]);
    expect(read({ identities: { $identity_login_id: "u-1" } }).identifiers).toEqual([
      ["userId", "u-1"],
      ["anonymousId", "d-1"],
    ]);
  });
  test("a distinct_id that repeats the login id is no anonymous one", () => {
    expect(read({ distinct_id: "u-1", login_id: "u-1", anonymous_id: "a-1" }).identifiers).toEqual([
      ["userId", "u-1"],
      ["anonymousId", "a-1"],
    ]);
  });
  test("a sign-up links original_id to distinct_id", () => {
    expect(read({ type: "track_signup", event: "$SignUp", distinct_id: "u-1", original_id: "a-1" })).toMatchObject({
      event: "$SignUp",
      identifiers: [
        ["userId", "u-1"],
        ["anonymousId", "a-1"],
      ],
    });
    expect(read({ type: "track_signup", event: undefined }).event).toBe("$SignUp");
  });
  test("identities map to their types, the strongest first", () => {
    const identities = {
      $identity_cookie_id: "c-1",
      $identity_idfv: "v-1",
      $identity_email: "A@B.c",
      $identity_mobile: "+8613800138000",
      $identity_unionid: "un-1",
      $identity_shoe_size: "43",
    };
    const event = read({ distinct_id: "c-1", identities });
    expect(event.identifiers).toEqual([
      ["unionid", "un-1"],
      ["phone", "+8613800138000"],
      ["email", "a@b.c"],
      ["deviceId", "v-1"],
      ["anonymousId", "c-1"],
    ]);
    expect(event.flags).toEqual(["identifier_type_unknown"]);
  });
  test("nobody is refused", () => {
    expect(refusal({ distinct_id: undefined })).toBe("no_identity");
    expect(refusal({ distinct_id: { a: 1 } })).toBe("identifier_not_text");
  });
});

describe("what a Sensors call does", () => {
  test.each([
    ["profile_set", undefined],
    ["profile_set_once", "setOnce"],
    ["profile_increment", "add"],
    ["profile_append", "append"],
  ])("%s writes traits with the mode %s, whatever their definitions say", (type, mode) => {
    const traits = type === "profile_increment" ? { n: 1 } : { n: ["a"] };
    const event = read({ type, event: undefined, properties: traits });
    expect(event).toMatchObject({ type: "identify", traits, activity: false });
    expect(event.traitModes).toEqual(mode && { n: mode });
  });
  test("profile_unset leaves tombstones, by keys or by list", () => {
    const unset = { traits: { a: null, b: null }, traitModes: { a: "unset", b: "unset" } };
    expect(read({ type: "profile_unset", properties: { a: true, b: "" } })).toMatchObject(unset);
    expect(read({ type: "profile_unset", properties: ["a", "b"] })).toMatchObject(unset);
  });
  test.each([
    ["item_set", "sensors_item_unsupported"],
    ["item_delete", "sensors_item_unsupported"],
    ["profile_delete", "sensors_profile_delete_unsupported"],
    ["track_id_unbind", "sensors_unbind_unsupported"],
    ["nonsense", "type_unknown"],
    ["", "type_unknown"],
  ])("%s is refused as %s", (type, code) => expect(refusal({ type })).toBe(code));

  test("$pageview is a page and $AppViewScreen a screen", () => {
    const properties = { $url: "https://shop.example/a?b=1", $url_path: "/a", $title: "A", $referrer: "" };
    expect(read({ event: "$pageview", properties })).toMatchObject({
      type: "page",
      event: "Page Viewed",
      properties: { url: "https://shop.example/a?b=1", path: "/a", title: "A", $title: "A" },
    });
    expect(read({ event: "$AppViewScreen", properties: { $title: "Cart" } })).toMatchObject({
      type: "screen",
      event: "Screen Viewed",
      properties: { name: "Cart" },
    });
  });
  test.each([
    ["OrderCompleted", "Order Completed"],
    ["ProductAddedToWishlist", "Product Added to Wishlist"],
    ["CompletedOrder", "Order Completed"],
    ["ViewProduct", "ViewProduct"],
    ["OpenAPI", "OpenAPI"],
    ["Order Completed", "Order Completed"],
  ])("the name %s becomes %s", (given, name) => expect(read({ event: given }).event).toBe(name));

  test("placeholders of preset properties are dropped, people's own words are not", () => {
    const placeholders = {
      $latest_search_keyword: "未取到值_直接打开",
      $latest_referrer: "url的domain解析失败",
      $latest_referrer_host: "取值异常",
    };
    const kept = { note: "未取到值", $latest_traffic_source_type: "直接流量" };
    expect(read({ properties: { ...placeholders, ...kept } }).properties).toEqual(kept);
  });
  test("the campaign, the referrer and the keyword are its acquisition", () => {
    const properties = { $latest_utm_source: "wechat", $utm_medium: "feed", $referrer: "https://www.baidu.com/s?wd=x" };
    expect(read({ properties }).acquisition).toEqual({
      source: "wechat",
      medium: "feed",
      referrer: "https://www.baidu.com/s?wd=x",
      keyword: "x",
    });
  });
});

describe("the messageId of a Sensors call", () => {
  const id = (fields: object) => read(fields).messageId;
  test("is the same for the same call, whenever it is sent", () => {
    expect(id({ _flush_time: 1 })).toBe(id({ _flush_time: 2 }));
    expect(id({ _track_id: undefined, _flush_time: 1 })).toBe(id({ _track_id: undefined, _flush_time: 2 }));
  });
  test("differs by person, number, time and kind", () => {
    const ids = [{}, { distinct_id: "d-2" }, { _track_id: 2 }, { time: 5 }, { type: "profile_set" }].map(id);
    expect(new Set(ids).size).toBe(5);
  });
  test("differs by content where an old SDK numbers nothing", () => {
    expect(id({ _track_id: undefined, event: "A" })).not.toBe(id({ _track_id: undefined, event: "B" }));
  });
});

test("the time stands, for only sentAt speaks of a client's clock", () => {
  const reception = { ...PUBLIC, wire: "sensors" as const };
  expect(accept({ ...call, time: 5000, _flush_time: 6000 }, reception).at).toBe(5000);
  expect(accept({ ...call, time: undefined }, reception).at).toBe(RECEIVED_AT);
});
