import { expect, test } from "vitest";
import { hashAddress } from "#domain/links/link-token.ts";
import { sendBatch } from "#domain/sending/send-batch.ts";
import { LINK_KEY, MAIL, openSendWorld } from "../../support/send-world.ts";

const DAY_MS = 24 * 3_600_000;
const once = { ...MAIL, name: "once" };

/** A message whose provider may have it, and takes it once. Then `happen`, and it comes back after a while. */
async function comeBack(afterMs: number, happen: (world: ReturnType<typeof openSendWorld>) => unknown) {
  const world = openSendWorld(once);
  await world.person("ann");
  const provider = world.provider("once", true);
  provider.answer = () => ({ kind: "unknown", code: "timed_out" });
  await world.touch("t-1", { to: "ann", category: "transactional" });
  await sendBatch(world.ports, "email", ["t-1"]);
  expect(await world.stored("t-1")).toMatchObject({ state: "requested", uncertain: true });
  world.advance(afterMs);
  await happen(world);
  const { turns } = await sendBatch(world.ports, "email", ["t-1"]);
  expect(provider.calls).toHaveLength(1);
  expect(turns.get("t-1")).toMatchObject({ kind: "ended", state: "unknown" });
  return world.stored("t-1");
}

test("what may have been sent is not denied where its provider keeps back everything for a week", async () => {
  const touch = await comeBack(8 * DAY_MS, async ({ ports, now }) => {
    const gate = { job: "channel#once", slice: "gate" };
    const revision = ((await ports.work.find(gate.job, gate.slice))?.revision ?? 0) + 1;
    const breaker = { state: "open", restsUntil: now() + 60_000, rests: 1 };
    expect(await ports.work.save({ ...gate, revision, body: { nextAt: 0, breaker } })).toBe("saved");
  });
  expect(touch).toMatchObject({ state: "unknown" });
});

test("what may have been sent is not denied where no provider takes the address any more", async () => {
  const touch = await comeBack(60_000, (world) => {
    world.ports.channelOf = ({ name }) => ({ ...world.provider(name), takes: () => false });
  });
  expect(touch).toMatchObject({ state: "unknown" });
});

test("what lies in the inbox perhaps is put there again, though no definition names the inbox", async () => {
  const note = { title: "Your order", body: "It is on its way." };
  const world = openSendWorld({
    kind: "template",
    name: "note",
    channel: "inapp",
    category: "transactional",
    locales: { en: note },
  });
  const person = await world.person("ann");
  const inbox = world.provider("inapp", true);
  inbox.answer = () => ({ kind: "unknown", code: "store_unavailable" });
  await world.touch("t-1", {
    to: "ann",
    template: "note",
    category: "transactional",
    channels: ["inapp"],
    channel: "inapp",
    addressHash: hashAddress("inapp", person.id, LINK_KEY),
  });
  await sendBatch(world.ports, "inapp", ["t-1"]);
  expect(await world.stored("t-1")).toMatchObject({ state: "requested", uncertain: true, provider: "inapp" });
  world.advance(60_000);
  inbox.answer = () => ({ kind: "sent", providerId: "t-1" });
  await sendBatch(world.ports, "inapp", ["t-1"]);
  expect(await world.stored("t-1")).toMatchObject({ state: "sent" });
});
