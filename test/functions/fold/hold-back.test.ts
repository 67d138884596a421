import { expect, test } from "vitest";
import type { ProfileId } from "#domain/profile/state.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { makeMemoryFoldPorts } from "../../support/fold-ports.ts";
import { anEvent } from "../../support/people.ts";

test("an event is not folded before an earlier one of the same identifier that failed", async () => {
  const ports = makeMemoryFoldPorts();
  const visitor = anEvent("m0", { identifiers: [["anonymousId", "a1"]] });
  const user = anEvent("m1", { identifiers: [["userId", "u1"]] });
  await foldBatch(ports, [visitor, user]);
  // A worker died in the middle of merging these two, and the visitor's item cannot be read now.
  const [visitorId, userId] = ["anonymousId:a1", "userId:u1"].map((key) => ports.identities.rows.get(key as never)) as [
    ProfileId,
    ProfileId,
  ];
  const people = await ports.profiles.load([visitorId, userId]);
  const visiting = people.get(visitorId);
  if (!visiting) throw new Error("no visitor");
  await ports.profiles.save({ ...visiting, version: visiting.version + 1, intent: { loser: userId, identifiers: [] } });
  const broken = {
    ...ports,
    profiles: {
      ...ports.profiles,
      load: (ids: readonly ProfileId[]) =>
        ids.length === 1 && ids[0] === visitorId ? Promise.reject(new Error("throttled")) : ports.profiles.load(ids),
    },
  };

  const linked = anEvent("m2", {
    identifiers: [
      ["userId", "u1"],
      ["anonymousId", "a1"],
    ],
  });
  const later = anEvent("m3", { identifiers: [["userId", "u1"]] });
  const { tasks } = await foldBatch(broken, [linked, later]);
  expect(tasks.map(({ state }) => state)).toEqual(["failed", "failed"]);
});
