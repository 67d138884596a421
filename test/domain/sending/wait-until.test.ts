import { expect, test } from "vitest";
import { sendBatch } from "#domain/sending/send-batch.ts";
import { NOON } from "../../support/people.ts";
import { MAIL, openSendWorld } from "../../support/send-world.ts";

const MINUTE_MS = 60_000;

test("a touch whose timer has come is not forgotten by a sender whose clock runs behind", async () => {
  const quietHours = { from: "11:00", to: "13:00" };
  const world = openSendWorld(MAIL, { kind: "setting", name: "project", quietHours });
  await world.person("ann");
  await world.touch("t-1", { to: "ann" });
  await sendBatch(world.ports, "email", ["t-1"]);
  const [timer] = world.ports.timers.rows();
  expect(timer).toMatchObject({ id: "touch/t-1", at: NOON + 60 * MINUTE_MS });
  // By the clock of wake it is 13:00: the message is in the queue again, and the timer is gone.
  if (timer) await world.ports.timers.remove(timer, timer.version);
  world.advance(59 * MINUTE_MS);
  await sendBatch(world.ports, "email", ["t-1"]);
  // Nor is the new one what wake still means to remove.
  if (timer) await world.ports.timers.remove(timer, timer.version);
  expect(world.ports.timers.rows()).toMatchObject([{ id: "touch/t-1", at: NOON + 60 * MINUTE_MS }]);
});

test("nor by one that puts it off twice by that clock, while wake is still removing the timer of the first time", async () => {
  const quietHours = { from: "11:00", to: "13:00" };
  const world = openSendWorld(MAIL, { kind: "setting", name: "project", quietHours });
  await world.person("ann");
  await world.touch("t-1", { to: "ann" });
  await sendBatch(world.ports, "email", ["t-1"]);
  world.advance(58 * MINUTE_MS);
  await sendBatch(world.ports, "email", ["t-1"]);
  const [seen] = world.ports.timers.rows();
  await sendBatch(world.ports, "email", ["t-1"]);
  if (seen) await world.ports.timers.remove(seen, seen.version);
  expect(world.ports.timers.rows()).toMatchObject([{ id: "touch/t-1", at: NOON + 60 * MINUTE_MS }]);
});

test("a sender that stands still while it puts the timer writes another, for a minute that is yet to come", async () => {
  const quietHours = { from: "11:00", to: "12:20" };
  const world = openSendWorld(MAIL, { kind: "setting", name: "project", quietHours });
  await world.person("ann");
  await world.touch("t-1", { to: "ann" });
  const { put } = world.ports.timers;
  let puts = 0;
  world.ports.timers.put = async (timer) => {
    if (++puts === 1) world.advance(120 * MINUTE_MS);
    await put(timer);
  };
  await sendBatch(world.ports, "email", ["t-1"]);
  // wake looks back an hour, and never sees the row that landed at 14:00 for 12:20.
  const at = world.ports.timers.rows().map((row) => row.at);
  expect(Math.max(...at)).toBe(world.now() + MINUTE_MS);
});
