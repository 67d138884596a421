import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { DefinitionAnswer } from "#events/admin-api/definitions.ts";
import { MemberPage } from "#events/admin-api/memberships.ts";
import { type LocalStack, startLocalStack } from "../support/local-stack.ts";
import { ask, readMembers, readProfile } from "./administration.ts";
import { sendBatch } from "./collection.ts";

const DAY = 86_400_000;

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());

const tag = (name: string, rule: object) =>
  ask(stack, `/definitions/tag/${name}`, DefinitionAnswer, { method: "PUT", body: { kind: "tag", name, rule } });

test("a person who is active is so no more when the clock has moved on, as of the very instant", async () => {
  await tag("active", { not: { inactive: { for: "30d" } } });
  await tag("silent", { inactive: { for: "30d" } });
  // The fold goes on with the definitions that it has for up to a second, as it may.
  const { profileId } = await vi.waitFor(
    async () => {
      await sendBatch(stack, [{ type: "track", userId: "ann", event: "Product Viewed" }]);
      await stack.quiet();
      const ann = await readProfile(stack, "userId:ann");
      expect(await readMembers(stack, "tag:active")).toEqual([ann.profileId]);
      return ann;
    },
    { timeout: 60_000, interval: 100 },
  );

  const moved = await stack.admin("/local/clock", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ advance: "40d" }),
  });
  expect(moved.status).toBe(200);
  await stack.quiet();

  expect(await readMembers(stack, "tag:active")).toEqual([]);
  const { lastSeen, memberships } = await readProfile(stack, "userId:ann");
  const since = new Date(Date.parse(String(lastSeen)) + 30 * DAY).toISOString();
  expect(memberships).toEqual([expect.objectContaining({ key: "tag:silent", since })]);
  // The table of members has it from the fact.
  const { items } = await ask(stack, "/memberships/tag%3Asilent/members", MemberPage);
  expect(items).toEqual([{ profileId, since }]);
});
