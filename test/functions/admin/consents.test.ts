import { describe, expect, test } from "vitest";
import { hashAddress } from "#domain/links/link-token.ts";
import { readConsent } from "#domain/profile/consent.ts";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";
import { ConsentAnswer, ConsentPage } from "#events/admin-api/consents.ts";
import { splitPortsOf } from "#functions/admin/find-profile.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { makeFollowPorts } from "../../support/follow-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";

async function withAnn() {
  const harness = makeAdminHarness();
  const { ports, state } = harness;
  const fold = async (...events: Parameters<typeof foldBatch>[1]) => {
    state.now += 1;
    const { tasks } = await foldBatch(
      { ...makeFollowPorts(), ...ports, ...splitPortsOf(ports), count: () => {} },
      events,
    );
    expect(tasks.map((task) => task.error ?? task.state)).toEqual(events.map(() => "folded"));
  };
  await fold(
    anEvent("c1", {
      at: NOON - 1000,
      event: "Consent Updated",
      identifiers: [
        ["userId", "u-1"],
        ["email", "ann@x.cn"],
      ],
      consent: { purpose: "marketing", channel: "email", granted: true, collectedBy: "till 3" },
    }),
  );
  const id = ports.identities.rows.get("userId:u-1" as IdentifierKey) as ProfileId;
  const path = `/admin/v1/profiles/${id}/consents`;
  const settle = () => fold(...ports.events.events.splice(0));
  const hash = hashAddress("email", "ann@x.cn", await ports.linkKey());
  const consentOf = async () => {
    const person = (await ports.profiles.load([id])).get(id);
    return person && readConsent(person.state, "marketing", "email")?.granted;
  };
  return {
    ...harness,
    id,
    path,
    settle,
    consentOf,
    isSuppressed: () => ports.suppressions.isSuppressed("email", hash, "marketing"),
  };
}

describe("what a person said elsewhere", () => {
  test("a refusal is suppressed at once, then in the profile and the ledger, and audited", async () => {
    const { call, path, settle, consentOf, isSuppressed, ports, tokenOf, id } = await withAnn();
    const token = await tokenOf("operator");
    const answer = await call("PUT", `${path}/marketing/email`, { token, body: { granted: false, proof: "call 12" } });
    expect(answer.status).toBe(202);
    const { messageId } = ConsentAnswer.parse(answer.body);
    expect([await isSuppressed(), await consentOf()]).toEqual([true, true]);
    await settle();
    expect(await consentOf()).toBe(false);
    const { items, cursor } = ConsentPage.parse((await call("GET", path)).body);
    expect(items.map(({ granted }) => granted)).toEqual([false, true]);
    expect(items[0]).toMatchObject({ messageId, proof: "call 12", source: "strata", channel: "email" });
    expect(items[1]).toMatchObject({ messageId: "c1", collectedBy: "till 3", source: "server" });
    expect(cursor).toBeNull();
    expect(ports.audit.entries().at(-1)).toMatchObject({
      action: "consent.put",
      target: id,
      outcome: "done",
      details: { purpose: "marketing", channel: "email", granted: false },
    });
  });

  test("a grant lifts what unsubscribing had suppressed; it is no activity of the person", async () => {
    const { call, path, settle, consentOf, isSuppressed, ports, state } = await withAnn();
    await call("PUT", `${path}/marketing/%2A`, { body: { granted: false } });
    state.now += 1000;
    await call("PUT", `${path}/marketing/email`, { body: { granted: true, textVersion: "paper 2026" } });
    expect(await isSuppressed()).toBe(false);
    expect(ports.events.events.map(({ activity, event }) => [activity, event])).toEqual([
      [false, "Unsubscribed"],
      [false, "Consent Updated"],
    ]);
    await settle();
    expect(await consentOf()).toBe(true);
  });

  test("the ledger is read page by page, by a cursor that is good for this list alone", async () => {
    const { call, path, settle, state } = await withAnn();
    for (let n = 0; n < 4; n++) {
      state.now += 10;
      await call("PUT", `${path}/marketing/email`, { body: { granted: n % 2 === 0 } });
    }
    await settle();
    const seen: string[] = [];
    for (let query = "?limit=2"; query !== ""; ) {
      const page = ConsentPage.parse((await call("GET", path + query)).body);
      seen.push(...page.items.map(({ messageId }) => messageId));
      query = page.cursor === null ? "" : `?limit=2&cursor=${page.cursor}`;
    }
    expect([seen.length, new Set(seen).size, seen.at(-1)]).toEqual([5, 5, "c1"]);
    expect((await call("GET", `${path}?cursor=x`)).body.code).toBe("cursor_invalid");
  });
});

test.each([
  ["a viewer", "viewer", "marketing/email", { granted: true }, 403],
  ["a channel that there is none", "operator", "marketing/fax", { granted: true }, 400],
  ["nothing said", "operator", "marketing/email", {}, 400],
  ["a word for yes", "operator", "marketing/email", { granted: "yes" }, 400],
  ["more than it takes", "operator", "marketing/email", { granted: true, at: 1 }, 400],
] as const)("%s: refused, and nothing changes", async (_, role, what, body, status) => {
  const { call, path, tokenOf, ports } = await withAnn();
  const answer = await call("PUT", `${path}/${what}`, { token: await tokenOf(role), body });
  expect(answer.status).toBe(status);
  expect(ports.events.events).toEqual([]);
});

describe("a purpose", () => {
  test.each([true, false])(
    "that the project does not have is refused, with what may be meant (granted: %s)",
    async (granted) => {
      const { call, path, ports } = await withAnn();
      const answer = await call("PUT", `${path}/marketting/email`, { body: { granted } });
      expect(answer).toMatchObject({
        status: 400,
        body: { code: "purpose_unknown", details: { purposes: ["marketing"], near: ["marketing"] } },
      });
      expect(ports.events.events).toEqual([]);
    },
  );

  test("of the project is recorded, and marketing is one of every project", async () => {
    const { call, path, ports } = await withAnn();
    const setting = { kind: "setting", name: "project", purposes: ["research"] };
    expect((await call("PUT", "/admin/v1/definitions/setting/project", { body: setting })).status).toBe(201);
    for (const purpose of ["research", "marketing"]) {
      expect((await call("PUT", `${path}/${purpose}/email`, { body: { granted: true } })).status).toBe(202);
    }
    expect(ports.events.events.map(({ consent }) => consent?.purpose)).toEqual(["research", "marketing"]);
  });
});

test("nobody: 404", async () => {
  const { call } = await withAnn();
  expect((await call("GET", "/admin/v1/profiles/p_nobody/consents")).status).toBe(404);
  expect(
    (await call("PUT", "/admin/v1/profiles/p_nobody/consents/marketing/email", { body: { granted: true } })).status,
  ).toBe(404);
});
