import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MembershipKey, Profile } from "#domain/profile/state.ts";
import type { MembershipFact } from "#events/fact.ts";
import { type IndexPorts, indexFacts } from "#functions/index/index-facts.ts";
import { makeMemoryProfileStore } from "../../support/memory-profile-store.ts";
import { makeMemoryTagStore } from "../../support/memory-tag-store.ts";
import { aPerson, membershipFact, NOON } from "../../support/people.ts";

const vip = "tag:vip" as MembershipKey;
const openPorts = () =>
  ({ tags: makeMemoryTagStore(), profiles: makeMemoryProfileStore(), now: () => NOON }) satisfies IndexPorts;
const factAt = (person: Profile, version: number, change: "entered" | "left"): MembershipFact =>
  membershipFact({ ...person, version }, vip, change);

describe("indexing facts", () => {
  test("whatever the order and however often they come, the newest version decides", async () => {
    const changes = fc.array(fc.constantFrom("entered" as const, "left" as const), { minLength: 1, maxLength: 6 });
    const deliveries = changes.chain((drawn) => {
      const facts = drawn.map((change, n) => factAt(aPerson("ann"), n + 1, change));
      return fc.record({
        facts: fc.constant(facts),
        delivered: fc
          .tuple(fc.shuffledSubarray(facts, { minLength: facts.length }), fc.subarray(facts))
          .map((it) => it.flat()),
      });
    });
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ facts, delivered }) => {
        const ports = openPorts();
        for (const fact of delivered) await indexFacts(ports, [fact]);
        const { members } = await ports.tags.members(vip, { limit: 10 });
        expect(members.length).toBe(facts.at(-1)?.change === "entered" ? 1 : 0);
      }),
      { numRuns: 1000 },
    );
  });

  test("of several changes in one version the last one counts", async () => {
    const ports = openPorts();
    const ann = aPerson("ann");
    await indexFacts(ports, [factAt(ann, 3, "left"), factAt(ann, 3, "entered")]);
    expect((await ports.tags.members(vip, { limit: 10 })).members).toHaveLength(1);
  });

  test("a fact older than tombstones are kept gives way to what the profile says now", async () => {
    const ports = openPorts();
    const ann = aPerson("ann");
    await ports.profiles.save(ann);
    await ports.profiles.save({ ...ann, version: 2 });
    const old = { ...factAt(ann, 1, "entered"), at: NOON - 40 * 86_400_000 };
    await indexFacts(ports, [old]);
    expect((await ports.tags.members(vip, { limit: 10 })).members).toEqual([]);
    expect(ports.tags.rows()).toMatchObject([{ version: 2, left: true }]);
  });

  test("facts of other kinds are not its business", async () => {
    const ports = openPorts();
    await indexFacts(ports, [
      { kind: "profile-merged", factId: "p_ann:2:merged", profileId: "p_ann", version: 2, at: NOON, merged: "p_bob" },
    ]);
    expect(ports.tags.rows()).toEqual([]);
  });
});
