import { expect, test } from "vitest";
import { validateBundle } from "#domain/definitions/validate.ts";
import { explainMembership } from "#domain/memberships/explain-membership.ts";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { MembershipKey, Profile } from "#domain/profile/state.ts";
import { anEvent, aPerson, NOON } from "../../support/people.ts";
import { aBundle } from "./bundles.ts";

const DAY = 86_400_000;
const TOP = { kind: "tag" as const, name: "top-category", value: { top: "category", of: "Product Viewed" } };
const bundle = aBundle(1, [TOP]);

function view(person: Profile, category: unknown, at: number): Profile {
  const event = anEvent(`${String(category)}-${at}`, { at, receivedAt: at, properties: { category } });
  return nextVersion(person, foldEvents(person.state, [event], bundle.features), at, bundle);
}
const told = ({ outbox }: Profile) => outbox.map((fact) => fact.kind === "membership" && `${fact.change} ${fact.key}`);

test("a tag with a value has one key a value, that of the person's favourite", () => {
  const first = view(aPerson("ann"), "coffee", NOON);
  expect(told(first)).toEqual(["entered tag:top-category=coffee"]);
  const second = view(view(first, "tea", NOON + 1), "tea", NOON + 2);
  expect(told(second)).toEqual(["left tag:top-category=coffee", "entered tag:top-category=tea"]);
  expect(second.reviewAt).toBe(Infinity);
  const back = view(second, "coffee", NOON + 90 * DAY);
  expect([...back.memberships.keys()]).toEqual(["tag:top-category=coffee"]);
});

test("what is no text, or too long for a key, is no preference", () => {
  const person = [5, true, null, ["tea"], "x".repeat(101)].reduce<Profile>(
    (it, value, n) => view(it, value, NOON + n),
    aPerson("ann"),
  );
  expect([person.memberships.size, person.state.preferences.size]).toEqual([0, 0]);
});

test("the explanation shows what the person prefers", () => {
  const person = view(view(view(aPerson("ann"), "coffee", NOON), "tea", NOON + 1), "tea", NOON + 2);
  const why = (value: string) =>
    explainMembership(person, NOON + 3, bundle, `tag:top-category=${value}` as MembershipKey);
  expect(why("tea")).toMatchObject({
    holds: true,
    since: NOON + 2,
    until: Infinity,
    definitionVersion: 1,
    because: [
      {
        path: "value",
        holds: true,
        seen: [
          { value: "tea", weight: 2 },
          { value: "coffee", weight: 1 },
        ],
        wants: "tea",
      },
    ],
  });
  expect(why("cake")).toMatchObject({ holds: false, because: [{ holds: false, wants: "cake" }] });
});

test("a definition that is gone takes its values with it, and no rule can name a tag with values", () => {
  const person = view(aPerson("ann"), "coffee", NOON);
  expect(told(nextVersion(person, {}, NOON + 1, aBundle(2, [])))).toEqual(["left tag:top-category=coffee"]);
  const rule = { tag: "top-category" };
  const definitions = [TOP, { kind: "segment", name: "s", rule }].map((definition) => ({
    kind: definition.kind,
    name: definition.name,
    version: 1,
    definition,
  }));
  expect(validateBundle(definitions)).toMatchObject([{ path: "rule.tag", code: "definition_unknown_reference" }]);
});
