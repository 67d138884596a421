import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { DefinitionAnswer } from "#events/admin-api/definitions.ts";
import { ManualTagAnswer, MembershipExplanation } from "#events/admin-api/memberships.ts";
import type { ProfileView } from "#events/admin-api/profile-view.ts";
import { type LocalStack, startLocalStack } from "../support/local-stack.ts";
import { ask, countMembers, readMembers, readProfile } from "./administration.ts";
import { sendBatch } from "./collection.ts";

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
  await sendBatch(
    stack,
    ["ann", "bob"].map((userId) => ({ type: "identify", userId, traits: { city: "上海" } })),
  );
  await stack.quiet();
});
afterAll(() => stack.stop());

const keysOf = ({ memberships }: ProfileView) => memberships.map(({ key }) => key);
const put = (name: string, definition: object) =>
  ask(stack, `/definitions/tag/${name}`, DefinitionAnswer, {
    method: "PUT",
    body: { kind: "tag", name, ...definition },
  });

const idOf = async (user: string) => (await readProfile(stack, `userId:${user}`)).profileId;

test("a new tag is in every answer at once, and a re-tiering run makes its members of everyone it fits", async () => {
  await put("shanghai", { rule: { trait: { name: "city", is: "上海" } } });

  const seen = await readProfile(stack, "userId:ann");
  expect(keysOf(seen)).toEqual(["tag:shanghai"]);
  const why = `/profiles/${seen.profileId}/memberships/${encodeURIComponent("tag:shanghai")}`;
  expect(await ask(stack, why, MembershipExplanation)).toMatchObject({
    holds: true,
    because: [{ holds: true, seen: "上海" }],
  });

  const everybody = [await idOf("ann"), await idOf("bob")].toSorted();
  // The run waits until every function has the new definitions.
  await vi.waitFor(
    async () => {
      await stack.quiet();
      expect((await readMembers(stack, "tag:shanghai")).toSorted()).toEqual(everybody);
    },
    { timeout: 60_000, interval: 100 },
  );
  expect(await countMembers(stack, "tag:shanghai")).toMatchObject({ count: 2, exact: true });
  expect(keysOf(await readProfile(stack, "userId:bob"))).toEqual(["tag:shanghai"]);
});

test("a person whose event ends what a rule asks for leaves the tag", async () => {
  await sendBatch(stack, [{ type: "identify", userId: "ann", traits: { city: "北京" } }]);
  await stack.quiet();
  expect(keysOf(await readProfile(stack, "userId:ann"))).toEqual([]);
  expect(await readMembers(stack, "tag:shanghai")).toEqual([await idOf("bob")]);
  expect(await countMembers(stack, "tag:shanghai")).toMatchObject({ count: 1, exact: true });
});

test("a tag without a rule is put on and taken off by hand", async () => {
  await put("vip", {});
  const { profileId } = await readProfile(stack, "userId:bob");
  const tag = (method: string) => ask(stack, `/profiles/${profileId}/tags/vip`, ManualTagAnswer, { method });

  expect(await tag("PUT")).toMatchObject({ key: "tag:vip", on: true, changed: true });
  expect(await tag("PUT")).toMatchObject({ on: true, changed: false });
  await stack.quiet();
  expect(keysOf(await readProfile(stack, "userId:bob"))).toContain("tag:vip");
  expect(await readMembers(stack, "tag:vip")).toEqual([profileId]);

  // It outlives what the person does.
  await sendBatch(stack, [{ type: "track", userId: "bob", event: "Product Viewed" }]);
  await stack.quiet();
  expect(await countMembers(stack, "tag:vip")).toMatchObject({ count: 1, exact: true });

  expect(await tag("DELETE")).toMatchObject({ on: false, changed: true });
  await stack.quiet();
  expect(keysOf(await readProfile(stack, "userId:bob"))).not.toContain("tag:vip");
  expect(await readMembers(stack, "tag:vip")).toEqual([]);
});

test.each([
  ["shanghai", 409, "tag_has_rule"],
  ["nobody-defined-it", 404, "tag_unknown"],
])("the tag %s is not put on by hand: %i", async (name, status, code) => {
  const { profileId } = await readProfile(stack, "userId:bob");
  const answer = await stack.admin(`/admin/v1/profiles/${profileId}/tags/${name}`, { method: "PUT" });
  expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ code })]);
});
