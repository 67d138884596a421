import { describe, expect, test } from "vitest";
import { toProfileItem } from "#aws/stores/profile-item.ts";
import type { IdentityConflict } from "#domain/ports/conflict-store.ts";
import type { Profile } from "#domain/profile/state.ts";
import { openPipeline } from "../../support/pipeline.ts";

/** As the event source mapping of the fold has it. */
const BATCH = 500;

/** A pipeline that counts what a storm costs. */
function openCounted() {
  const pipeline = openPipeline();
  let conflictWrites = 0;
  let batches = 0;
  const ports = {
    ...pipeline.ports,
    conflicts: {
      ...pipeline.ports.conflicts,
      add: async (conflict: IdentityConflict) => {
        conflictWrites++;
        return pipeline.ports.conflicts.add(conflict);
      },
    },
  };
  return {
    ...pipeline,
    costs: () => ({ profileWrites: pipeline.ports.profiles.writes(), conflictWrites, batches }),
    storm: async (calls: readonly object[], size = BATCH) => {
      for (let start = 0; start < calls.length; start += size) {
        batches++;
        await pipeline.fold(pipeline.accept(calls.slice(start, start + size)), ports);
      }
    },
    conflicts: async () => (await pipeline.ports.conflicts.list({ limit: 1_000 })).conflicts,
    metric: (name: string) => pipeline.ports.counted.get(name) ?? 0,
  };
}

/** Bytes of the profile as DynamoDB stores it. */
function sizeOf(profile: Profile): number {
  return JSON.stringify(toProfileItem(profile)).length;
}

const login = (n: number, more: object) => ({ type: "identify", messageId: `login-${n}`, ...more });
const onKiosk = { context: { device: { id: "kiosk-7" } } };

describe("a device that many people log in on", () => {
  test("each has a person of their own; the device stays with the first; the rest is listed", async () => {
    const { storm, living, personOf, conflicts, metric } = openCounted();
    const users = ["ann", "bob", "cid", "dan"];
    await storm([
      { type: "page", messageId: "before", anonymousId: "browser", ...onKiosk },
      ...users.map((userId, n) => login(n, { userId, anonymousId: "browser", ...onKiosk })),
      { type: "page", messageId: "after", anonymousId: "browser", ...onKiosk },
    ]);
    expect(living()).toHaveLength(4);
    const owner = await personOf("deviceId", "kiosk-7");
    expect(await Promise.all([personOf("userId", "ann"), personOf("anonymousId", "browser")])).toEqual([owner, owner]);
    for (const userId of ["bob", "cid", "dan"]) {
      expect([...(await personOf("userId", userId)).state.identifiers.keys()]).toEqual([`userId:${userId}`]);
    }
    expect(await conflicts()).toMatchObject([
      { key: "anonymousId:browser", reason: "different_unique_identifier", count: 3 },
      { key: "deviceId:kiosk-7", reason: "different_unique_identifier", count: 3 },
    ]);
    expect(metric("LinksRefused")).toBe(6);
    expect(metric("PeopleMerged")).toBe(0);
  });

  test("10,000 logins cost one write a person and batch, and one conflict a batch", async () => {
    const { storm, living, personOf, costs, conflicts, metric } = openCounted();
    const LOGINS = 10_000;
    const USERS = 2_500;
    await storm(Array.from({ length: LOGINS }, (_, n) => login(n, { userId: `user-${n % USERS}`, ...onKiosk })));
    expect(living()).toHaveLength(USERS);
    const { profileWrites, conflictWrites, batches } = costs();
    // A person begins with one write that reserves the identifiers; then each batch writes whom it speaks of, once.
    expect(profileWrites).toBeLessThanOrEqual(USERS + LOGINS);
    expect(conflictWrites).toBeLessThanOrEqual(batches);
    const device = await personOf("deviceId", "kiosk-7");
    expect([...device.state.identifiers.keys()].toSorted()).toEqual(["deviceId:kiosk-7", "userId:user-0"]);
    expect(sizeOf(device)).toBeLessThan(512);
    expect(await conflicts()).toMatchObject([{ key: "deviceId:kiosk-7", count: LOGINS - LOGINS / USERS }]);
    expect(metric("LinksRefused")).toBe(LOGINS - LOGINS / USERS);
    expect(metric("EventsFolded")).toBe(LOGINS);
  });

  test("10,000 visitors with fresh cookies: the first hundred are one person, the others stay bounded and visible", async () => {
    const { storm, living, personOf, costs, conflicts, metric } = openCounted();
    const VISITS = 10_000;
    await storm(
      Array.from({ length: VISITS }, (_, n) => ({
        type: "page",
        messageId: `visit-${n}`,
        anonymousId: `cookie-${n}`,
        ...onKiosk,
      })),
    );
    expect(living()).toHaveLength(1);
    const device = await personOf("deviceId", "kiosk-7");
    expect(device.state.identifiers.size).toBe(101);
    expect(metric("EventsFolded")).toBe(VISITS);
    expect(metric("LinksRefused")).toBe(VISITS - 100);
    const { profileWrites, conflictWrites, batches } = costs();
    expect(profileWrites).toBeLessThanOrEqual(3 * batches);
    expect(conflictWrites).toBeLessThanOrEqual(11 * batches);
    const listed = await conflicts();
    expect(listed.reduce((sum, { count }) => sum + count, 0)).toBe(VISITS - 100);
    expect(listed.find(({ key }) => key === "anonymousId:*")).toMatchObject({ reason: "identifier_limit" });
    // Its memory of messages is what is large, and is cut at 2,000.
    expect(sizeOf(device)).toBeLessThan(60_000);
    expect(metric("DedupeMemoryTruncated")).toBeGreaterThan(0);
  });

  test("600 known visitors who turn up on it: a hundred merges at most, the others keep their people", async () => {
    const { storm, living, personOf, costs, conflicts, metric } = openCounted();
    const PEOPLE = 600;
    const visits = Array.from({ length: PEOPLE }, (_, n) => ({
      type: "page",
      messageId: `visit-${n}`,
      anonymousId: `c-${n}`,
    }));
    await storm(visits);
    const before = costs();
    await storm(
      visits.map((visit, n) => ({ ...visit, messageId: `again-${n}`, ...onKiosk })),
      100,
    );
    const device = await personOf("deviceId", "kiosk-7");
    expect(device.state.absorbed.size).toBeLessThanOrEqual(100);
    expect(living()).toHaveLength(PEOPLE - device.state.absorbed.size);
    expect(metric("PeopleMerged")).toBeLessThanOrEqual(100);
    expect(metric("EventsFolded")).toBe(2 * PEOPLE);
    expect((await conflicts()).length).toBeGreaterThan(0);
    const after = costs();
    const batches = after.batches - before.batches;
    // A merge is an intent, a freeze, an absorption and its fact.
    expect(after.profileWrites - before.profileWrites).toBeLessThanOrEqual(100 * 5 + 3 * batches);
    expect(after.conflictWrites - before.conflictWrites).toBeLessThanOrEqual(11 * batches);
  });
});
