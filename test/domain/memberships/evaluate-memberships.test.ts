import { describe, expect, test } from "vitest";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import { explainMembership } from "#domain/memberships/explain-membership.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { MembershipKey, Profile } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { anEvent, aPerson } from "../../support/people.ts";
import { aBundle, aTag } from "./bundles.ts";

const at = (text: string) => Date.parse(text);
const VIEW = at("2026-02-01T10:00:00Z");
const viewed = (within: string) => ({ did: { event: "Product Viewed", within } });
const key = (name: string) => `tag:${name}` as MembershipKey;

function personWith(
  bundle: CompiledBundle,
  events: readonly CollectedEvent[] = [anEvent("m-1", { at: VIEW })],
): Profile {
  const person = aPerson("ann");
  return { ...person, state: foldEvents(person.state, events, bundle.features).state };
}

/** The person as the writer would store them after a look, with what the look found. */
function look(profile: Profile, now: number, bundle: CompiledBundle) {
  const { memberships, reviewAt, changes } = evaluateMemberships(profile, now, bundle);
  const told = changes.map((change) => `${change.change} ${change.key} ${new Date(change.since).toISOString()}`);
  return { profile: { ...profile, memberships, reviewAt, bundleVersion: bundle.version }, changes, told };
}

describe("evaluating memberships", () => {
  test("a rule that holds is entered once, with its evidence and its end", () => {
    const bundle = aBundle(3, [aTag("viewer", viewed("3d"), 2)]);
    const first = look(personWith(bundle), VIEW, bundle);
    expect(first.changes).toEqual([
      {
        key: "tag:viewer",
        change: "entered",
        since: VIEW,
        definitionVersion: 2,
        because: [{ path: "did", holds: true, seen: 1, wants: { event: "Product Viewed", within: "3d" } }],
      },
    ]);
    expect(first.profile.memberships.get(key("viewer"))).toEqual({
      since: VIEW,
      until: at("2026-02-04T00:00:00Z"),
      definitionVersion: 2,
    });
    expect(first.profile.reviewAt).toBe(at("2026-02-04T00:00:00Z"));
    expect(look(first.profile, VIEW, bundle)).toEqual({ ...first, changes: [], told: [] });
  });

  test("seen late, every expiry is replayed in turn: `since` is the expiry and not the look", () => {
    const bundle = aBundle(1, [
      aTag("viewer", viewed("3d")),
      aTag("idle", { inactive: { for: "7d" } }),
      aTag("cooling", { all: [{ not: viewed("5d") }, viewed("10d")] }),
    ]);
    const { profile } = look(personWith(bundle), VIEW, bundle);
    const late = look(profile, at("2026-03-01T12:34:56Z"), bundle);
    expect(late.told).toEqual([
      "left tag:viewer 2026-02-04T00:00:00.000Z",
      "entered tag:cooling 2026-02-06T00:00:00.000Z",
      "entered tag:idle 2026-02-08T10:00:00.000Z",
      "left tag:cooling 2026-02-11T00:00:00.000Z",
    ]);
    expect(late.profile.reviewAt).toBe(Number.POSITIVE_INFINITY);
    expect(look(late.profile, at("2026-03-01T12:34:56Z"), bundle).told).toEqual([]);
  });

  test("tags come after the tags that their rules name, whatever their names", () => {
    const bundle = aBundle(1, [
      aTag("a", { all: [{ tag: "c" }, { tag: "hand" }] }),
      aTag("b", { not: { tag: "a" } }),
      aTag("c", viewed("3d")),
      aTag("hand"),
    ]);
    const names = bundle.tags.map(({ name }) => name);
    expect(names.indexOf("c")).toBeLessThan(names.indexOf("a"));
    expect(names.indexOf("a")).toBeLessThan(names.indexOf("b"));
    const person = personWith(bundle);
    const manualTags = new Map([["hand", { on: true, at: VIEW - 5, by: "ann" }]]);
    const { profile, told } = look({ ...person, state: { ...person.state, manualTags } }, VIEW, bundle);
    expect(told.toSorted()).toEqual([
      "entered tag:a 2026-02-01T10:00:00.000Z",
      "entered tag:c 2026-02-01T10:00:00.000Z",
      "entered tag:hand 2026-02-01T09:59:59.995Z",
    ]);
    expect(look(profile, at("2026-02-20T00:00:00Z"), bundle).told).toEqual([
      "left tag:c 2026-02-04T00:00:00.000Z",
      "left tag:a 2026-02-04T00:00:00.000Z",
      "entered tag:b 2026-02-04T00:00:00.000Z",
    ]);
  });

  test("a tag set by hand counts only where its definition has no rule, and only where there is one", () => {
    const bundle = aBundle(1, [aTag("hand"), aTag("ruled", viewed("3d")), aTag("removed")]);
    const manualTags = new Map(
      ["hand", "ruled", "removed", "nowhere"].map((name) => [name, { on: name !== "removed", at: VIEW, by: "ann" }]),
    );
    const person = aPerson("bob");
    const { profile } = look({ ...person, state: { ...person.state, manualTags } }, VIEW + 10, bundle);
    expect([...profile.memberships.keys()]).toEqual(["tag:hand"]);
  });

  test("a tag set by hand after an expiry is not taken for one that was set before it", () => {
    const bundle = aBundle(1, [aTag("hand"), aTag("viewer", viewed("3d"))]);
    const { profile } = look(personWith(bundle), VIEW, bundle);
    const set = at("2026-02-20T00:00:00Z");
    const manualTags = new Map([["hand", { on: true, at: set, by: "ann" }]]);
    expect(look({ ...profile, state: { ...profile.state, manualTags } }, set, bundle).told).toEqual([
      "left tag:viewer 2026-02-04T00:00:00.000Z",
      "entered tag:hand 2026-02-20T00:00:00.000Z",
    ]);
  });

  test("a definition that changed since the last look is not taken for the one in force at an expiry", () => {
    const before = aBundle(1, [aTag("viewer", viewed("3d")), aTag("other", viewed("2d"))]);
    const after = aBundle(2, [
      aTag("viewer", viewed("9d"), 2),
      aTag("other", viewed("2d")),
      aTag("fresh", { inactive: { for: "2d" } }, 2),
    ]);
    const { profile } = look(personWith(before), VIEW, before);
    const now = at("2026-02-06T00:00:00Z");
    const late = look(profile, now, after);
    expect(late.told).toEqual([
      "left tag:other 2026-02-03T00:00:00.000Z",
      "entered tag:fresh 2026-02-06T00:00:00.000Z",
    ]);
    expect(late.profile.memberships.get(key("viewer"))).toEqual({
      since: VIEW,
      until: at("2026-02-10T00:00:00Z"),
      definitionVersion: 2,
    });
  });

  test("a definition that is gone is left, under the version by which it was held", () => {
    const before = aBundle(1, [aTag("viewer", viewed("3d"))]);
    const { profile } = look(personWith(before), VIEW, before);
    const { changes } = look(profile, VIEW + 1, aBundle(2, []));
    expect(changes).toEqual([
      { key: "tag:viewer", change: "left", since: VIEW + 1, definitionVersion: 1, because: [] },
    ]);
  });
});

describe("explaining a membership", () => {
  const bundle = aBundle(1, [aTag("viewer", viewed("3d")), aTag("hand")]);

  test("says why it holds, since when and until when, by what is true now and not by what is stored", () => {
    const { profile } = look(personWith(bundle), VIEW, bundle);
    expect(explainMembership(profile, VIEW + 1000, bundle, key("viewer"))).toMatchObject({
      holds: true,
      since: VIEW,
      until: at("2026-02-04T00:00:00Z"),
      definitionVersion: 1,
      because: [{ path: "did", holds: true, seen: 1, wants: { event: "Product Viewed", within: "3d" } }],
    });
    expect(explainMembership(profile, at("2026-02-05T00:00:00Z"), bundle, key("viewer"))).toMatchObject({
      holds: false,
      until: Number.POSITIVE_INFINITY,
      definitionVersion: 1,
      because: [{ path: "did", holds: false, seen: 0, wants: { event: "Product Viewed", within: "3d" } }],
    });
  });

  test("names the hand that set it, and knows nothing of keys without a definition", () => {
    const person = aPerson("bob");
    const manualTags = new Map([["hand", { on: true, at: VIEW, by: "ann" }]]);
    const profile = { ...person, state: { ...person.state, manualTags } };
    expect(explainMembership(profile, VIEW, bundle, key("hand"))?.because).toEqual([
      { path: "manual", holds: true, seen: { on: true, by: "ann", at: "2026-02-01T10:00:00.000Z" }, wants: true },
    ]);
    expect(explainMembership(profile, VIEW, bundle, key("nowhere"))).toBeUndefined();
  });
});
