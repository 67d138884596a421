import { describe, expect, test } from "vitest";
import { keyOf } from "#domain/identity/plan-claims.ts";
import { unmerge } from "#domain/identity/split-people.ts";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";
import { ActivityPage } from "#events/admin-api/activity.ts";
import { IdentityConflictPage, UnmergeAnswer } from "#events/admin-api/identity.ts";
import type { CollectedEvent, Identifier } from "#events/collected-event.ts";
import { splitPortsOf } from "#functions/admin/find-profile.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { makeFollowPorts } from "../../support/follow-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";

const email: Identifier = ["email", "ann@x.cn"];
const visitor: Identifier = ["anonymousId", "a1"];
const MINUTE = 60_000;

/** Ann by e-mail and a visitor, joined by mistake in the third event; `loser` is the visitor's old id. */
async function withMergedPeople() {
  const harness = makeAdminHarness();
  const { ports, state } = harness;
  const foldPorts = {
    ...makeFollowPorts(),
    ...splitPortsOf(ports),
    conflicts: ports.conflicts,
    now: () => ++state.now,
    count: () => {},
  };
  const send = async (...events: CollectedEvent[]) => {
    for (const event of events) {
      const { tasks } = await foldBatch(foldPorts, [event]);
      expect(tasks.map((task) => task.error ?? task.state)).toEqual(["folded"]);
    }
  };
  const idOf = (identifier: Identifier) => ports.identities.rows.get(keyOf(identifier)) as ProfileId;
  await send(anEvent("m1", { identifiers: [email] }), anEvent("m2", { identifiers: [visitor], at: NOON - MINUTE }));
  const loser = idOf(visitor);
  await send(
    anEvent("m3", { identifiers: [email, visitor], at: NOON - 2 * MINUTE }),
    anEvent("m4", { identifiers: [visitor], at: NOON - 3 * MINUTE }),
  );
  const root = idOf(email);
  const unmergeThem = (token?: string, profileId: unknown = loser, id: string = root) =>
    harness.call("POST", `/admin/v1/profiles/${id}/unmerge`, { body: { profileId }, token });
  const idBehind = async (id: string) => (await harness.call("GET", `/admin/v1/profiles/${id}`)).body.profileId;
  return { ...harness, foldPorts, send, idOf, root, loser, unmergeThem, idBehind };
}

describe("taking a wrong merge apart", () => {
  test("answers the two people; old ids lead to them; it is audited", async () => {
    const { unmergeThem, tokenOf, idOf, idBehind, root, loser, ports } = await withMergedPeople();
    const answer = await unmergeThem(await tokenOf("operator"));
    expect(answer.status).toBe(200);
    const { kept, taken } = UnmergeAnswer.parse(answer.body);
    expect([idOf(email), idOf(visitor)]).toEqual([kept, taken]);
    expect(await Promise.all([root, loser, kept, taken].map(idBehind))).toEqual([kept, taken, kept, taken]);
    expect(ports.audit.entries().at(-1)).toMatchObject({
      action: "profile.unmerge",
      actor: "operator",
      target: root,
      outcome: "done",
      details: { unmerged: loser, kept, taken },
    });
  });

  test("asked again, by any id that the person had, answers the same", async () => {
    const { unmergeThem, root, loser } = await withMergedPeople();
    const first = await unmergeThem(undefined, loser, loser);
    expect(first.status).toBe(200);
    expect((await unmergeThem(undefined, loser, root)).body).toEqual(first.body);
  });

  test("each person's log is then their own", async () => {
    const { call, unmergeThem, loser, root } = await withMergedPeople();
    const read = async (id: string) => {
      const page = ActivityPage.parse((await call("GET", `/admin/v1/profiles/${id}/activity`)).body);
      return page.items.map(({ messageId }) => messageId);
    };
    expect(await read(root)).toEqual(["m1", "m2", "m3", "m4"]);
    await unmergeThem();
    expect([await read(root), await read(loser)]).toEqual([
      ["m1", "m3"],
      ["m2", "m4"],
    ]);
  });

  test("is refused to viewers, for people who are not there, and for those who were not merged", async () => {
    const { unmergeThem, tokenOf, ports, loser, root } = await withMergedPeople();
    expect(await unmergeThem(await tokenOf("viewer"))).toMatchObject({ status: 403, body: { code: "role_too_weak" } });
    for (const id of ["p_nobody", "%00"]) {
      expect(await unmergeThem(undefined, loser, id)).toMatchObject({ status: 404, body: { code: "profile_unknown" } });
    }
    for (const bad of [undefined, 7, "", "ann", "p_".padEnd(80, "x")]) {
      expect(await unmergeThem(undefined, bad ?? {})).toMatchObject({ status: 400, body: { code: "request_invalid" } });
    }
    for (const other of ["p_nobody", root]) {
      const answer = await unmergeThem(undefined, other);
      expect(answer).toMatchObject({ status: 409, body: { code: "not_merged" } });
    }
    expect(ports.audit.entries().at(-1)).toMatchObject({ outcome: "failed", details: { code: "not_merged" } });
  });

  test("is refused where the behaviour log no longer reaches back", async () => {
    const { unmergeThem, state, idBehind, root } = await withMergedPeople();
    state.now += 500 * 86_400_000;
    expect(await unmergeThem()).toMatchObject({ status: 409, body: { code: "events_not_retained" } });
    expect(await idBehind(root)).toBe(root);
  });

  test("that somebody began and left: the person is shown as before, and whoever writes next finishes it", async () => {
    const { call, define, foldPorts, idBehind, root, loser } = await withMergedPeople();
    await define({ kind: "tag", name: "vip" });
    let saves = 0;
    const dying = {
      ...foldPorts,
      profiles: {
        ...foldPorts.profiles,
        save: async (profile: Parameters<typeof foldPorts.profiles.save>[0]) => {
          if (++saves > 1) throw new Error("died");
          return foldPorts.profiles.save(profile);
        },
      },
    };
    await expect(unmerge(dying, root, loser)).rejects.toThrow("died");
    expect([await idBehind(root), await idBehind(loser)]).toEqual([root, root]);
    const tagged = await call("PUT", `/admin/v1/profiles/${loser}/tags/vip`);
    expect(tagged).toMatchObject({ status: 200, body: { on: true, changed: true } });
    expect(await idBehind(loser)).toBe(tagged.body.profileId);
    expect(await idBehind(root)).not.toBe(tagged.body.profileId);
  });
});

describe("a tag by hand", () => {
  test("on somebody who is about to be absorbed is put on the root, once the merge is finished", async () => {
    const { call, define, foldPorts, send, idOf, ports } = await withMergedPeople();
    await define({ kind: "tag", name: "vip" });
    const other: Identifier = ["deviceId", "d1"];
    await send(anEvent("m5", { identifiers: [other] }));
    const [winner, frozen] = await Promise.all(
      [idOf(email), idOf(other)].map(async (id) => (await ports.profiles.load([id])).get(id)),
    );
    if (!winner || !frozen) throw new Error("not there");
    const intent = { loser: frozen.id, identifiers: [...frozen.state.identifiers.keys()] };
    await foldPorts.profiles.save({ ...winner, version: winner.version + 1, intent });
    const answer = await call("PUT", `/admin/v1/profiles/${frozen.id}/tags/vip`);
    // Not frozen yet: the tag is this person's own, until the merge brings it to the root.
    expect(answer.body).toMatchObject({ profileId: frozen.id, changed: true });
    expect((await call("PUT", `/admin/v1/profiles/${winner.id}/tags/vip`)).body).toMatchObject({ changed: false });
    expect(idOf(other)).toBe(winner.id);
    const again = await call("DELETE", `/admin/v1/profiles/${frozen.id}/tags/vip`);
    expect(again.body).toMatchObject({ profileId: winner.id, changed: true });
  });
});

describe("refused links", () => {
  test("are listed page by page, with whom the event went to", async () => {
    const { call, ports, tokenOf } = makeAdminHarness();
    const owner = "p_ann" as ProfileId;
    for (const key of ["deviceId:kiosk", "openid:wx1:o-1", "email:*"] as IdentifierKey[]) {
      await ports.conflicts.add({ key, reason: "identifier_limit", owner, count: 2, at: NOON });
      await ports.conflicts.add({ key, reason: "identifier_limit", owner, count: 3, at: NOON + 1 });
    }
    const token = await tokenOf("viewer");
    const read = async (query: string) =>
      IdentityConflictPage.parse((await call("GET", `/admin/v1/identity/conflicts${query}`, { token })).body);
    const first = await read("?limit=2");
    const second = await read(`?limit=2&cursor=${first.cursor}`);
    expect(second.cursor).toBeNull();
    expect([...first.items, ...second.items]).toMatchObject([
      {
        identifier: { type: "deviceId", value: "kiosk" },
        count: 5,
        profileId: "p_ann",
        at: "2026-11-20T12:00:00.001Z",
      },
      { identifier: { type: "email", value: "*" } },
      { identifier: { type: "openid:wx1", value: "o-1" }, reason: "identifier_limit" },
    ]);
    const foreign = await call("GET", `/admin/v1/audit?cursor=${first.cursor}`);
    expect(foreign).toMatchObject({ status: 400, body: { code: "cursor_invalid" } });
  });
});
