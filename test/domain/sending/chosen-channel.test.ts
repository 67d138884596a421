import { expect, test } from "vitest";
import type { ConsentState } from "#domain/profile/state.ts";
import { sendBatch } from "#domain/sending/send-batch.ts";
import { NOON } from "../../support/people.ts";
import { MAIL, openSendWorld } from "../../support/send-world.ts";

const CHOICE = {
  because: "first_possible" as const,
  considered: [{ channel: "email" }, { channel: "inapp", passedOver: "later_in_order" }],
};
const INAPP = { kind: "channel", name: "inbox", channel: "inapp", adapter: "inapp" };

/** A touch by mail that might have been a message in the app; `email` is what Ann says of mail by now. */
async function openWorld(email: ConsentState) {
  const world = openSendWorld(MAIL, INAPP);
  const inapp: ConsentState = { granted: true, at: NOON - 1000 };
  await world.person("ann", {
    consent: new Map([
      ["marketing.email", email],
      ["marketing.inapp", inapp],
    ]),
  });
  await world.touch("t-1", { to: "ann", channels: ["email", "inapp"], choice: CHOICE });
  return world;
}

test("a touch whose channel is refused by the time it is sent is stopped, and tries no other", async () => {
  const world = await openWorld({ granted: false, at: NOON });
  const { turns } = await sendBatch(world.ports, "email", ["t-1"]);
  expect(turns.get("t-1")).toEqual({ kind: "ended", state: "stopped", reason: "no_consent" });
  expect(await world.stored("t-1")).toMatchObject({ state: "stopped", channel: "email", choice: CHOICE });
  expect(world.provider("inbox").calls).toEqual([]);
});

test("a touch that is sent keeps why it took its channel", async () => {
  const world = await openWorld({ granted: true, at: NOON - 1000 });
  await sendBatch(world.ports, "email", ["t-1"]);
  expect(await world.stored("t-1")).toMatchObject({ state: "sent", channel: "email", choice: CHOICE });
});
