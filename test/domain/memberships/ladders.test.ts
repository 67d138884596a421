import { describe, expect, test } from "vitest";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import { explainMembership } from "#domain/memberships/explain-membership.ts";
import { decodeTierHistory, encodeTierHistory } from "#domain/profile/codec.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { MembershipKey, Profile } from "#domain/profile/state.ts";
import { viewProfile } from "#domain/profile/view.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Definition } from "#events/definitions/index.ts";
import type { Rule } from "#events/rule.ts";
import { anEvent, aPerson } from "../../support/people.ts";
import { aBundle, aTag } from "./bundles.ts";

const at = (text: string) => Date.parse(text);
const START = at("2026-02-01T10:00:00Z");
const orders = (least: number, within = "30d"): Rule => ({ orders: { count: { atLeast: least }, within } });
const VALUE: Definition = {
  kind: "ladder",
  name: "value",
  tiers: [{ name: "high", rule: orders(3, "5d") }, { name: "middle", rule: orders(1, "3d") }, { name: "low" }],
};
const key = (tier: string) => `tier:value=${tier}` as MembershipKey;

function anOrder(id: string, when: string): CollectedEvent {
  return anEvent(id, { event: "Order Completed", at: at(when), order: { kind: "completed", id, amountMinor: 100 } });
}

/** Settles what expired, folds events and looks again, as the fold does. */
function live(before: Profile, bundle: CompiledBundle, when: string, ...events: CollectedEvent[]) {
  const { changes: expired, ...settled } = evaluateMemberships(before, at(when), bundle);
  const person = { ...before, ...settled };
  const { state } = foldEvents(person.state, events, bundle.features);
  const { changes: found, ...evaluated } = evaluateMemberships({ ...person, state }, at(when), bundle);
  const changes = [...expired, ...found];
  const told = changes.map((change) => `${new Date(change.since).toISOString()} ${change.change} ${change.key}`);
  return { person: { ...person, state, ...evaluated, bundleVersion: bundle.version }, told, changes };
}

describe("a ladder", () => {
  test("puts a person on the first rung whose rule holds, and everyone else on the last", () => {
    const bundle = aBundle(1, [VALUE]);
    const nobody = live(aPerson("ann"), bundle, "2026-02-01T10:00:00Z");
    expect(nobody.told).toEqual(["2026-02-01T10:00:00.000Z entered tier:value=low"]);
    const once = live(nobody.person, bundle, "2026-02-02T10:00:00Z", anOrder("o-1", "2026-02-02T10:00:00Z"));
    expect(once.told).toEqual([
      "2026-02-02T10:00:00.000Z left tier:value=low",
      "2026-02-02T10:00:00.000Z entered tier:value=middle",
    ]);
    expect(once.person.reviewAt).toBe(at("2026-02-05T00:00:00Z"));
    expect(live(once.person, bundle, "2026-03-01T00:00:00Z").told).toEqual([
      "2026-02-05T00:00:00.000Z left tier:value=middle",
      "2026-02-05T00:00:00.000Z entered tier:value=low",
    ]);
  });

  test("keeps a person from falling for as long as it holds, counted from the last change, and never from rising", () => {
    const bundle = aBundle(1, [{ ...VALUE, hold: "7d" }]);
    const first = live(aPerson("ann"), bundle, "2026-02-01T10:00:00Z", anOrder("o-1", "2026-02-01T10:00:00Z"));
    const rose = live(
      first.person,
      bundle,
      "2026-02-02T10:00:00Z",
      anOrder("o-2", "2026-02-02T09:00:00Z"),
      anOrder("o-3", "2026-02-02T09:30:00Z"),
    );
    expect(rose.told.at(-1)).toBe("2026-02-02T10:00:00.000Z entered tier:value=high");
    expect(rose.person.memberships.get(key("high"))?.until).toBe(at("2026-02-09T10:00:00Z"));
    // The rule of high ends on the 6th, of middle on the 5th: she falls to low, once, when the hold ends.
    expect(live(rose.person, bundle, "2026-03-01T00:00:00Z").told).toEqual([
      "2026-02-09T10:00:00.000Z left tier:value=high",
      "2026-02-09T10:00:00.000Z entered tier:value=low",
    ]);
  });

  test("remembers where a person stood before, and twenty changes at most", () => {
    const bundle = aBundle(1, [
      VALUE,
      { ...VALUE, name: "calm", tiers: [{ name: "high", rule: orders(100) }, { name: "low" }] },
    ]);
    let { person } = live(aPerson("ann"), bundle, "2026-01-01T10:00:00Z");
    for (let n = 0; n < 15; n++) {
      const when = new Date(at("2026-01-02T10:00:00Z") + n * 10 * 86_400_000).toISOString();
      ({ person } = live(person, bundle, when, anOrder(`o-${n}`, when)));
    }
    const history = person.tierHistory?.get("value") ?? [];
    expect(history).toHaveLength(19);
    expect(history.at(-1)).toEqual({ tier: "middle", at: at("2026-05-22T10:00:00Z") });
    expect(person.tierHistory?.get("calm")).toEqual([{ tier: "low", at: at("2026-01-01T10:00:00Z") }]);
    expect(viewProfile(person, person.memberships, bundle).tiers).toEqual({
      calm: { tier: "low", since: "2026-01-01T10:00:00.000Z", previous: null },
      value: { tier: "middle", since: "2026-05-22T10:00:00.000Z", previous: "low" },
    });
    const bytes = encodeTierHistory(person.tierHistory ?? new Map(), person.createdAt);
    expect(decodeTierHistory(bytes)).toEqual(person.tierHistory);
  });

  test("that is gone takes its tiers and its history with it", () => {
    const { person } = live(aPerson("ann"), aBundle(1, [VALUE]), "2026-02-01T10:00:00Z");
    const after = live(person, aBundle(2, []), "2026-02-01T11:00:00Z");
    expect(after.told).toEqual(["2026-02-01T11:00:00.000Z left tier:value=low"]);
    expect(after.person.tierHistory).toEqual(new Map());
  });

  test("can be asked for by tags, segments and ladders, whatever their names", () => {
    const bundle = aBundle(1, [
      { kind: "segment", name: "a", rule: { tier: { ladder: "value", in: ["high", "middle"] } } },
      aTag("b", { segment: "a" }),
      { kind: "ladder", name: "c", tiers: [{ name: "in", rule: { tag: "b" } }, { name: "out" }] },
      VALUE,
    ]);
    const bought = live(aPerson("ann"), bundle, "2026-02-01T10:00:00Z", anOrder("o-1", "2026-02-01T10:00:00Z"));
    expect([...bought.person.memberships.keys()].toSorted()).toEqual([
      "segment:a",
      "tag:b",
      "tier:c=in",
      "tier:value=middle",
    ]);
    expect(live(bought.person, bundle, "2026-02-20T00:00:00Z").told.toSorted()).toEqual([
      "2026-02-04T00:00:00.000Z entered tier:c=out",
      "2026-02-04T00:00:00.000Z entered tier:value=low",
      "2026-02-04T00:00:00.000Z left segment:a",
      "2026-02-04T00:00:00.000Z left tag:b",
      "2026-02-04T00:00:00.000Z left tier:c=in",
      "2026-02-04T00:00:00.000Z left tier:value=middle",
    ]);
  });
});

describe("explaining a tier", () => {
  const bundle = aBundle(1, [{ ...VALUE, hold: "7d" }]);
  const { person } = live(aPerson("ann"), bundle, "2026-02-01T10:00:00Z", anOrder("o-1", "2026-02-01T10:00:00Z"));
  const why = (tier: string, when = START) => explainMembership(person, when, bundle, key(tier));

  test("says what is missing for a better one", () => {
    expect(why("high")).toMatchObject({
      holds: false,
      until: at("2026-02-08T10:00:00Z"),
      definitionVersion: 1,
      because: [{ path: "tiers.0.orders", holds: false, seen: 1, wants: { count: { atLeast: 3 }, within: "5d" } }],
    });
  });

  test("says why the person stands on its own, or higher than the one that is asked for", () => {
    const because = [{ path: "tiers.1.orders", holds: true, seen: 1, wants: { count: { atLeast: 1 }, within: "3d" } }];
    expect(why("middle")).toMatchObject({ holds: true, since: START, because });
    expect(why("low")).toMatchObject({ holds: false, because });
  });

  test("says that a hold keeps the person where it stands", () => {
    expect(why("middle", at("2026-02-06T00:00:00Z"))).toMatchObject({
      holds: true,
      until: at("2026-02-08T10:00:00Z"),
      because: [
        { path: "hold", holds: true, seen: "middle", wants: "168h" },
        { path: "tiers.1.orders", holds: false, seen: 0 },
      ],
    });
  });

  test("says of everyone else's tier why no better one holds", () => {
    expect(why("low", at("2026-02-09T00:00:00Z"))).toMatchObject({
      holds: true,
      since: at("2026-02-08T10:00:00Z"),
      because: [{ path: "tiers.0.orders" }, { path: "tiers.1.orders" }],
    });
  });

  test("knows no tier that the ladder does not have", () => {
    expect(why("nowhere")).toBeUndefined();
  });
});

describe("a segment", () => {
  test("by rule is entered and left like a tag; a static one is whoever was put into it", () => {
    const bundle = aBundle(1, [
      { kind: "segment", name: "recent", rule: orders(1, "3d") },
      { kind: "segment", name: "listed", static: true },
    ]);
    const ann = aPerson("ann");
    const manualTags = new Map([["segment:listed", { on: true, at: START - 5, by: "import" }]]);
    const { told, person } = live(
      { ...ann, state: { ...ann.state, manualTags } },
      bundle,
      "2026-02-01T10:00:00Z",
      anOrder("o-1", "2026-02-01T10:00:00Z"),
    );
    expect(told.toSorted()).toEqual([
      "2026-02-01T09:59:59.995Z entered segment:listed",
      "2026-02-01T10:00:00.000Z entered segment:recent",
    ]);
    expect(explainMembership(person, START, bundle, "segment:listed" as MembershipKey)?.because).toMatchObject([
      { path: "manual", holds: true, seen: { by: "import" } },
    ]);
  });
});
