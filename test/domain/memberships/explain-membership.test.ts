import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import { explainMembership } from "#domain/memberships/explain-membership.ts";
import { suggestKeys } from "#domain/memberships/suggest-keys.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { IdentifierKey, MembershipKey, Profile } from "#domain/profile/state.ts";
import type { Definition } from "#events/definitions/index.ts";
import { anEvent, aPerson, NOON } from "../../support/people.ts";
import { arbitraryHistory, TRAIT_MODES, telltaleInstants } from "../rules/arbitrary-history.ts";
import { arbitraryRule } from "../rules/arbitrary-rules.ts";
import { bruteForce } from "../rules/brute-force.ts";
import { aBundle, aTag } from "./bundles.ts";

const DAY_MS = 86_400_000;
const orders = (atLeast: number, within: string) => ({ orders: { count: { atLeast }, within } });
const VALUE: Definition = {
  kind: "ladder",
  name: "value",
  tiers: [{ name: "high", rule: orders(3, "10d") }, { name: "middle", rule: orders(1, "5d") }, { name: "low" }],
};
const BUNDLE = aBundle(4, [
  VALUE,
  aTag("buyer", orders(2, "30d"), 3),
  aTag("vip"),
  { kind: "segment", name: "imported", static: true },
  { kind: "tag", name: "taste", value: { top: "category", of: "Product Viewed" } },
]);

/** Somebody with orders so many days before noon of 20 November 2026, looked at then. */
function aBuyer(daysAgo: readonly number[], changed: Partial<Profile> = {}): Profile {
  const events = daysAgo.map((days) =>
    anEvent(`o-${days}`, {
      event: "Order Completed",
      at: NOON - days * DAY_MS,
      order: { kind: "completed", id: `o-${days}`, amountMinor: 100 },
    }),
  );
  const person = aPerson("ann", changed);
  return { ...person, state: foldEvents(person.state, events, BUNDLE.features).state };
}

function why(profile: Profile, key: string, now = NOON) {
  return explainMembership(profile, now, BUNDLE, key as MembershipKey);
}

describe("why somebody is in a tag", () => {
  test("names the definition's version, what decides it, since when, and when it ends unless more comes", () => {
    expect(why(aBuyer([1, 20]), "tag:buyer")).toEqual({
      holds: true,
      since: NOON,
      until: Date.UTC(2026, 10, 30),
      definitionVersion: 3,
      because: [{ path: "orders", holds: true, seen: 2, wants: { count: { atLeast: 2 }, within: "30d" } }],
      foreseen: {
        at: Date.UTC(2026, 10, 30),
        holds: false,
        because: [{ path: "orders", holds: false, seen: 1, wants: { count: { atLeast: 2 }, within: "30d" } }],
      },
      history: [{ key: "tag:buyer", change: "entered", at: NOON }],
    });
  });

  test("of one that does not hold says what is missing, and when it ended where that is known", () => {
    const held = new Map([
      ["tag:buyer" as MembershipKey, { since: NOON - 30 * DAY_MS, until: NOON - DAY_MS / 2, definitionVersion: 3 }],
    ]);
    const left = aBuyer([1, 31], { memberships: held, reviewAt: NOON - DAY_MS / 2, bundleVersion: 4 });
    expect(why(left, "tag:buyer")).toMatchObject({
      holds: false,
      because: [{ seen: 1, wants: { count: { atLeast: 2 } } }],
      history: [{ key: "tag:buyer", change: "left", at: NOON - DAY_MS / 2 }],
    });
    expect(why(left, "tag:buyer")?.since).toBeUndefined();
    expect(why(left, "tag:buyer")?.foreseen).toBeUndefined();
  });

  test("of one that is set by hand says by whom", () => {
    const put = { on: true, at: NOON - DAY_MS, by: "maria" };
    const { state } = aPerson("ann");
    const listed = aPerson("ann", {
      state: {
        ...state,
        manualTags: new Map([
          ["vip", put],
          ["segment:imported", { ...put, on: false }],
        ]),
      },
    });
    expect(why(listed, "tag:vip")).toMatchObject({
      holds: true,
      since: NOON - DAY_MS,
      history: [{ change: "entered", at: NOON - DAY_MS, by: "maria" }],
    });
    expect(why(listed, "segment:imported")).toMatchObject({
      holds: false,
      because: [{ path: "manual", seen: { on: false, by: "maria" } }],
      history: [{ change: "left", by: "maria" }],
    });
  });

  test("of a tier says where the person stands, what the next takes, and where it falls", () => {
    const explained = why(aBuyer([1, 2]), "tier:value=middle");
    expect(explained).toMatchObject({
      holds: true,
      ladder: { tier: "middle", next: { tier: "high", because: [{ path: "tiers.0.orders", seen: 2, holds: false }] } },
      foreseen: { at: Date.UTC(2026, 10, 24), holds: false, to: "tier:value=low" },
      history: [{ key: "tier:value=middle", change: "entered", at: NOON }],
    });
    expect(why(aBuyer([1, 2, 3]), "tier:value=high")?.ladder).toEqual({ tier: "high" });
    expect(why(aBuyer([]), "tier:value=high")).toMatchObject({ holds: false, ladder: { tier: "low" } });
  });

  test("of a tag with a value says what is preferred", () => {
    const person = aPerson("ann");
    const viewed = anEvent("v", { properties: { category: "tea" } });
    const { state } = foldEvents(person.state, [viewed], BUNDLE.features);
    expect(why({ ...person, state }, "tag:taste=coffee")).toMatchObject({
      holds: false,
      because: [{ path: "value", holds: false, seen: [{ value: "tea" }], wants: "coffee" }],
    });
  });

  test("foresees the very instant at which the answer is another, and none where there is none", () => {
    fc.assert(
      fc.property(arbitraryRule, arbitraryHistory, (rule, history) => {
        const { timeZone, events, now } = history;
        const traits = Object.entries(TRAIT_MODES).map(([name, mode]) => ({ kind: "trait" as const, name, mode }));
        const bundle = aBundle(1, [{ kind: "setting", name: "project", timeZone }, ...traits, aTag("it", rule)]);
        const person = aPerson("ann", { bundleVersion: 1 });
        const identifiers = new Map([["anonymousId:a-1" as IdentifierKey, Number.POSITIVE_INFINITY]]);
        const { state } = foldEvents({ ...person.state, identifiers }, events, bundle.features);
        const settings = { timeZone, minorUnits: 100, traitModes: TRAIT_MODES, monetary: ["revenue"] };
        const holdsAt = (at: number) => bruteForce(rule, events, at, settings);
        const profile = { ...person, state, ...evaluateMemberships({ ...person, state }, now, bundle) };
        const explained = explainMembership(profile, now, bundle, "tag:it" as MembershipKey);
        const holds = explained?.holds;
        expect(holds).toBe(holdsAt(now));
        const at = explained?.foreseen?.at ?? Number.POSITIVE_INFINITY;
        for (const instant of telltaleInstants(history, now, now + DAY_MS)) {
          if (instant < at) expect(holdsAt(instant)).toBe(holds);
        }
        if (!explained?.foreseen) return;
        expect([holdsAt(at - 1), holdsAt(at)]).toEqual([holds, !holds]);
        expect(explained.foreseen.holds).toBe(!holds);
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  ["tag:buyr", ["tag:buyer"]],
  ["buyer", ["tag:buyer"]],
  ["segment:buyer", ["tag:buyer"]],
  ["value", ["tier:value=high", "tier:value=low", "tier:value=middle"]],
  ["tier:value=hihg", ["tier:value=high"]],
  ["middle", ["tier:value=middle"]],
  ["tag:taste", ["tag:taste=…"]],
  ["tag:import", ["segment:imported"]],
  ["tag:nothing-like-it", []],
])("who asks for %s may have meant %j", (asked, near) => {
  expect(suggestKeys(asked, BUNDLE).slice(0, near.length || 1)).toEqual(near);
});
