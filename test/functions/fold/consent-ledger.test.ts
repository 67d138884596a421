import { expect, test } from "vitest";
import { listConsents } from "#domain/consents/ledger.ts";
import { profileIdOf } from "#domain/identity/profile-id.ts";
import { unmerge } from "#domain/identity/split-people.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { makeMemoryFoldPorts } from "../../support/fold-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";

const idOf = (key: string) => profileIdOf(key as IdentifierKey);

function consentEvent(messageId: string, granted: boolean, fields: Partial<CollectedEvent> = {}): CollectedEvent {
  const consent = {
    purpose: "marketing",
    channel: "email",
    granted,
    collectedBy: "till 3",
    textVersion: "v2",
    proof: "receipt 7",
  };
  return anEvent(messageId, { event: "Consent Updated", consent, ...fields });
}

async function ledgerOf(ports: ReturnType<typeof makeMemoryFoldPorts>, ...keys: string[]) {
  const { entries } = await listConsents(ports.consents, keys.map(idOf), { limit: 100 });
  return entries.map(({ messageId, granted }) => `${messageId} ${granted ? "yes" : "no"}`);
}

test("every consent event leaves one entry with who collected it, the wording, the proof and where it came from", async () => {
  const ports = makeMemoryFoldPorts();
  const events = [consentEvent("m1", true), anEvent("view"), consentEvent("m2", false, { at: NOON + 1 })];
  await foldBatch(ports, events);
  await foldBatch(ports, events);
  expect(await ledgerOf(ports, "userId:u-1")).toEqual(["m2 no", "m1 yes"]);
  const { entries } = await ports.consents.list(idOf("userId:u-1"), { limit: 9 });
  expect(entries[1]).toEqual({
    messageId: "m1",
    purpose: "marketing",
    channel: "email",
    granted: true,
    at: NOON,
    receivedAt: NOON,
    source: "server",
    collectedBy: "till 3",
    textVersion: "v2",
    proof: "receipt 7",
  });
});

test("no profile says more than the ledger: where the ledger cannot be written, the event is delivered again", async () => {
  const ports = makeMemoryFoldPorts();
  const failing = { ...ports, consents: { append: () => Promise.reject(new Error("down")) } };
  const { tasks } = await foldBatch(failing, [consentEvent("m1", true)]);
  expect(tasks[0]?.state).toBe("failed");
  const person = (await ports.profiles.load([idOf("userId:u-1")])).get(idOf("userId:u-1"));
  expect(person?.state.consent.size ?? 0).toBe(0);
  await foldBatch(ports, [consentEvent("m1", true)]);
  expect(await ledgerOf(ports, "userId:u-1")).toEqual(["m1 yes"]);
});

test("the ledgers of people who are merged are read as one, and each keeps its own after the merge is taken apart", async () => {
  const ports = makeMemoryFoldPorts();
  await foldBatch(ports, [
    consentEvent("of-user", true, { identifiers: [["userId", "u-1"]] }),
    consentEvent("of-visitor", false, { identifiers: [["anonymousId", "a-1"]], at: NOON + 5 }),
  ]);
  await foldBatch(ports, [
    anEvent("login", {
      identifiers: [
        ["userId", "u-1"],
        ["anonymousId", "a-1"],
      ],
    }),
  ]);
  const [root] = ports.profiles.all().filter(({ mergedInto }) => !mergedInto);
  if (!root) throw new Error("nobody is left");
  const { entries } = await listConsents(ports.consents, [root.id, ...root.state.absorbed], { limit: 9 });
  expect(entries.map(({ messageId }) => messageId)).toEqual(["of-visitor", "of-user"]);

  const [loser] = root.state.absorbed;
  if (!loser) throw new Error("nobody was absorbed");
  const split = await unmerge(ports, root.id, loser);
  if (!split) throw new Error("not split");
  const apart = await Promise.all([split.kept, split.taken].map((id) => ports.consents.list(id, { limit: 9 })));
  expect(apart.flatMap((page) => page.entries.map(({ messageId }) => messageId)).toSorted()).toEqual([
    "of-user",
    "of-visitor",
  ]);
  expect(apart.every((page) => page.entries.length === 1)).toBe(true);
});
