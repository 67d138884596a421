import { expect, test } from "vitest";
import { emptyState } from "#domain/profile/empty-state.ts";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";
import { addressesOf, appsOf } from "#domain/touches/address.ts";

const account = (appId?: string) => ({ channel: "wechat" as const, options: appId === undefined ? {} : { appId } });
const ann = {
  id: "p_ann" as ProfileId,
  state: {
    ...emptyState(),
    identifiers: new Map([
      ["openid:wx1:oOne" as IdentifierKey, 1],
      ["openid:wx2:oTwo" as IdentifierKey, 2],
      ["openid:oBare" as IdentifierKey, 0],
    ]),
  },
};

test("an openid of another app is no address of a channel's providers", () => {
  expect(addressesOf(ann, "wechat", appsOf([account("wx1")], "wechat"))).toEqual(["oOne", "oBare"]);
  expect(addressesOf(ann, "wechat", appsOf([account("wx1"), account("wx2")], "wechat"))).toEqual([
    "oTwo",
    "oOne",
    "oBare",
  ]);
});

test("a provider that names no app writes for all of them", () => {
  expect(appsOf([account("wx1"), account()], "wechat")).toBeUndefined();
  expect(appsOf([], "wechat")).toBeUndefined();
  expect(addressesOf(ann, "wechat")).toHaveLength(3);
});
