import { expect, test } from "vitest";
import { keyOf } from "#domain/identity/plan-claims.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { makeMemoryFoldPorts } from "../../support/fold-ports.ts";
import { anEvent } from "../../support/people.ts";

test("a frozen person whose winner dropped the intent meanwhile is absorbed by whoever meets it", async () => {
  // One worker judged by older definitions, with higher limits, and froze the loser while another dropped the intent.
  const ports = makeMemoryFoldPorts();
  await foldBatch(ports, [anEvent("m0", { identifiers: [["email", "a@x.cn"]] })]);
  await foldBatch(ports, [anEvent("m1", { identifiers: [["email", "b@x.cn"]] })]);
  const idOf = (value: string) => ports.identities.rows.get(keyOf(["email", value]));
  const [winner, loser] = ports.profiles.all().toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (!winner || !loser) throw new Error("two people");
  await ports.profiles.save({ ...loser, version: loser.version + 1, mergedInto: winner.id });

  const ofLoser = loser.id === idOf("a@x.cn") ? "a@x.cn" : "b@x.cn";
  const { tasks } = await foldBatch(ports, [anEvent("m2", { identifiers: [["email", ofLoser]] })]);
  expect(tasks.map(({ state }) => state)).toEqual(["folded"]);
  const root = (await ports.profiles.load([winner.id])).get(winner.id);
  expect([...(root?.state.absorbed ?? [])]).toEqual([loser.id]);
  expect(root?.state.seen.size).toBe(3);
});
