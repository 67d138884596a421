import { describe, expect, test } from "vitest";
import { identityProof, sourceSecret } from "#domain/outcomes/identity-proof.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { basic, type Gateway, hashKey } from "../../support/collect-harness.ts";
import { LINK_KEY } from "../../support/follow-ports.ts";
import { makeOutcomeHarness } from "../../support/outcome-harness.ts";
import { anEvent, NOON } from "../../support/people.ts";

async function openHarness() {
  const harness = await makeOutcomeHarness();
  await foldBatch(harness.fold, [
    anEvent("login", {
      identifiers: [
        ["userId", "ann"],
        ["anonymousId", "a-1"],
      ],
    }),
  ]);
  const put = (touchId: string, at: number) =>
    harness.fold.inapp.put(harness.annId, { touchId, title: `About ${touchId}`, body: "…", journey: "j", at });
  await put("t1", NOON - 2);
  await put("t2", NOON - 1);
  const get = async (
    query: string,
    headers: Record<string, string> = { authorization: basic("WEB_KEY") },
    gateway: Gateway = "http",
  ) => {
    const answer = await harness.send({ method: "GET", path: `/v1/inapp${query}`, headers }, gateway);
    const body = JSON.parse(answer.body) as { code?: string; messages?: { touchId: string }[] };
    return { answer, code: body.code, ids: body.messages?.map(({ touchId }) => touchId), body };
  };
  return { ...harness, get };
}
const proofOf = (userId: string, key = "WEB_KEY") => identityProof(sourceSecret(LINK_KEY, hashKey(key)), userId);

describe.each<[Gateway]>([["http"], ["rest"]])("waiting messages behind a %s gateway", (gateway) => {
  test("are given to a device by its anonymousId, the newest first, whichever way the key comes", async () => {
    const { get } = await openHarness();
    const { answer, body } = await get("?anonymousId=a-1", undefined, gateway);
    expect(answer.headers).toMatchObject({ "Cache-Control": "no-store", "Access-Control-Allow-Origin": "*" });
    expect(body.messages).toEqual([
      { touchId: "t2", title: "About t2", body: "…", sentAt: new Date(NOON - 1).toISOString() },
      { touchId: "t1", title: "About t1", body: "…", sentAt: new Date(NOON - 2).toISOString() },
    ]);
    expect((await get("?anonymousId=a-1&writeKey=WEB_KEY", {}, gateway)).ids).toEqual(["t2", "t1"]);
    expect((await get("?anonymousId=a-1", { "x-write-key": "WEB_KEY" }, gateway)).ids).toEqual(["t2", "t1"]);
  });

  test("are given to a user whom the source's own server vouches for", async () => {
    const { get } = await openHarness();
    expect((await get(`?userId=ann&identityProof=${proofOf("ann")}`, undefined, gateway)).ids).toEqual(["t2", "t1"]);
  });
});

test("a user whom nobody vouches for, or the server of another source, gets nothing", async () => {
  const { get } = await openHarness();
  for (const proof of ["", "x", proofOf("bob"), proofOf("ann", "SERVER_KEY"), `${proofOf("ann")}0`]) {
    const { answer, code } = await get(`?userId=ann&identityProof=${proof}&anonymousId=a-1`);
    expect([answer.statusCode, code]).toEqual([403, "identity_unproven"]);
  }
});

test("nobody without a key, with a wrong one, or without a name", async () => {
  const { get } = await openHarness();
  expect((await get("?anonymousId=a-1", {})).code).toBe("write_key_missing");
  expect((await get("?anonymousId=a-1", { authorization: basic("NO_KEY") })).code).toBe("write_key_unknown");
  expect((await get("")).code).toBe("identity_missing");
  for (const unknown of ["a-9", "null", "x".repeat(2000), "%00"]) {
    expect((await get(`?anonymousId=${unknown}`)).ids).toEqual([]);
  }
});

test("a dismissed message waits no more; reading dismisses none", async () => {
  const { get, fold } = await openHarness();
  for (let n = 0; n < 100; n++) expect((await get("?anonymousId=a-1")).ids).toEqual(["t2", "t1"]);
  const dismissed = anEvent("d", {
    event: "In-App Dismissed",
    identifiers: [["anonymousId", "a-1"]],
    properties: { touchId: "t2" },
  });
  await foldBatch(fold, [dismissed]);
  expect((await get("?anonymousId=a-1")).ids).toEqual(["t1"]);
});
