import { describe, expect, test } from "vitest";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import type { Definition } from "#events/definitions/index.ts";

function compile(...definitions: (Definition & { keyHash?: string })[]) {
  return compileBundle({
    version: 7,
    definitions: definitions.map(({ keyHash, ...definition }) => ({
      kind: definition.kind,
      name: definition.name,
      version: 3,
      definition,
      ...(keyHash !== undefined && { keyHash }),
    })),
  });
}

describe("a compiled bundle", () => {
  test("has every default where there is no setting", () => {
    const { project, calendar, tags, features } = compile();
    expect(project).toEqual({
      timeZone: "UTC",
      currency: "USD",
      currencyDigits: 2,
      region: "US",
      rates: {},
      identityTypes: [],
      activityDays: 400,
      quietHours: { from: "21:00", to: "08:00" },
      caps: [],
      controlShare: 0,
      languages: [],
      purposes: ["marketing"],
    });
    expect(calendar.timeZone).toBe("UTC");
    expect([tags, features.byId.size]).toEqual([[], 0]);
  });

  test("takes the project's zone and the digits of its currency", () => {
    const { project, calendar } = compile({
      kind: "setting",
      name: "project",
      timeZone: "Asia/Tokyo",
      currency: "JPY",
    });
    expect(project).toMatchObject({ currency: "JPY", currencyDigits: 0 });
    expect(calendar.dayOf(Date.parse("2026-01-01T15:00:00Z")) * 86_400_000).toBe(Date.parse("2026-01-02"));
  });

  test("knows sources by the hash of their key, public by type unless they say otherwise", () => {
    const { sourcesByKeyHash } = compile(
      { kind: "source", name: "shop", type: "web", keyHash: "aa" },
      { kind: "source", name: "kiosk", type: "android", public: false, keyHash: "bb" },
      { kind: "source", name: "till", type: "store", keyHash: "cc" },
      { kind: "source", name: "revoked", type: "web" },
    );
    expect([...sourcesByKeyHash]).toEqual([
      ["aa", { name: "shop", type: "web", public: true }],
      ["bb", { name: "kiosk", type: "android", public: false }],
      ["cc", { name: "till", type: "store", public: false }],
    ]);
  });

  test("gives traits their mode, overwrite unless they say otherwise", () => {
    const { traits } = compile(
      { kind: "trait", name: "points", mode: "add", type: "number", protected: true },
      { kind: "trait", name: "city" },
    );
    expect(traits.get("points")).toEqual({ mode: "add", type: "number", protected: true });
    expect(traits.get("city")).toEqual({ mode: "overwrite", protected: false });
  });

  test("limits identifiers as the model says, and as the project says where it does", () => {
    const { identityLimits } = compile({
      kind: "setting",
      name: "project",
      identityTypes: [
        { type: "email", limit: 2 },
        { type: "passport", unique: true },
        { type: "openid", limit: 9 },
      ],
    });
    expect(["userId", "anonymousId", "deviceId", "phone", "memberCard"].map((type) => identityLimits(type))).toEqual([
      { limit: 1, unique: true },
      { limit: 100, unique: false },
      { limit: 100, unique: false },
      { limit: 5, unique: false },
      { limit: 5, unique: false },
    ]);
    expect(identityLimits("email")).toEqual({ limit: 2, unique: false });
    expect(identityLimits("passport")).toEqual({ limit: 1, unique: true });
    expect(identityLimits("openid:wx1")).toEqual({ limit: 9, unique: false });
  });

  test("ranks presets of persons, then the project's own types in their order, then presets of devices", () => {
    const identityTypes = [{ type: "memberCard" }, { type: "email" }, { type: "passport" }];
    const { identityRank } = compile({ kind: "setting", name: "project", identityTypes });
    const ordered = [
      "userId",
      "unionid",
      "phone",
      "email",
      "openid:wx1",
      "memberCard",
      "passport",
      "undeclared",
      "deviceId",
      "registrationId",
      "anonymousId",
    ];
    expect(ordered.toReversed().toSorted((a, b) => identityRank(a) - identityRank(b))).toEqual(ordered);
    expect(identityRank("userId")).toBe(0);
  });

  test("gives a tag the version at which its definition last changed", () => {
    expect(compile({ kind: "tag", name: "vip" }).tags).toEqual([
      { kind: "tag", name: "vip", key: "tag:vip", version: 3, reads: [], needsRun: false },
    ]);
  });
});
