import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { IdentityConflictPage, UnmergeAnswer } from "#events/admin-api/identity.ts";
import { type LocalStack, startLocalStack } from "../support/local-stack.ts";
import { ask, readActivity, readProfile, readTotals } from "./administration.ts";
import { sendBatch } from "./collection.ts";

const STRATA = fileURLToPath(new URL("../../console/cli/main.ts", import.meta.url));
const run = promisify(execFile);

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());

async function strata(...argv: string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, [STRATA, ...argv, "--json", "--data-dir", stack.dataDir]);
  return JSON.parse(stdout);
}

async function messagesOf(profileId: string): Promise<string[]> {
  return (await readActivity(stack, profileId)).map(({ messageId }) => messageId).toSorted();
}

/** Ann buys by e-mail; a visitor buys too; then somebody opens Ann's newsletter in the visitor's browser. */
const calls = [
  { type: "track", event: "Order Completed", messageId: "m1", email: "ann@x.cn", order: "o-1", revenue: 10 },
  { type: "track", event: "Order Completed", messageId: "m2", anonymousId: "browser", order: "o-2", revenue: 20 },
  { type: "track", event: "Product Viewed", messageId: "m3", email: "ann@x.cn", anonymousId: "browser" },
].map(({ email, order, revenue, ...call }) => ({
  ...call,
  ...(email && { context: { traits: { email } } }),
  ...(order && { properties: { order_id: order, revenue } }),
}));

test("a wrong merge is seen, taken apart from the command line, and not made again; nothing is lost or doubled", async () => {
  for (const call of calls) {
    await sendBatch(stack, [call]);
    await stack.quiet();
  }
  const merged = await readProfile(stack, "email:ann@x.cn");
  expect(merged).toMatchObject({ orders: { count: 2 }, mergedFrom: [expect.stringMatching(/^p_/)] });
  expect(await messagesOf(merged.profileId)).toEqual(["m1", "m2", "m3"]);

  const [other = ""] = merged.mergedFrom;
  const { kept, taken } = UnmergeAnswer.parse(await strata("unmerge", "email:ann@x.cn", other, "--yes"));
  await stack.quiet();
  expect(await readProfile(stack, "email:ann@x.cn")).toMatchObject({ profileId: kept, orders: { count: 1 } });
  expect(await readProfile(stack, "anonymousId:browser")).toMatchObject({ profileId: taken, orders: { count: 1 } });
  expect([await messagesOf(merged.profileId), await messagesOf(other)]).toEqual([["m1", "m3"], ["m2"]]);

  await sendBatch(stack, [...calls, { ...calls[2], messageId: "m4" }]);
  await stack.quiet();
  expect(await readTotals(stack)).toMatchObject({ people: 2, orders: 2, revenue: { amount: 3000 } });
  expect(await messagesOf(kept)).toEqual(["m1", "m3", "m4"]);
  expect(IdentityConflictPage.parse(await strata("conflicts")).items).toMatchObject([
    { identifier: { type: "anonymousId", value: "browser" }, reason: "separated", profileId: kept },
  ]);
  expect(await ask(stack, "/identity/conflicts", IdentityConflictPage)).toMatchObject({ cursor: null });
});
