import { describe, expect, test } from "vitest";
import { sendBatch } from "#domain/sending/send-batch.ts";
import { aWorldWithAnn, work } from "../../support/send-to-ann.ts";
import { MAIL, openSendWorld } from "../../support/send-world.ts";

const HOUR_MS = 3_600_000;

describe("two providers of a channel", () => {
  const both = [
    { ...MAIL, priority: 0 },
    { ...MAIL, name: "second", priority: 1 },
  ];
  const requestTen = async (world: ReturnType<typeof openSendWorld>, prefix: string) => {
    const ids = Array.from({ length: 10 }, (_, n) => `${prefix}-${n}`);
    for (const id of ids) await world.touch(id, { to: "ann", category: "transactional" });
    return ids;
  };

  test("the second takes over where the first's breaker is open, but for what the first may have sent", async () => {
    const world = openSendWorld(...both);
    await world.person("ann");
    world.provider("first").answer = () => ({ kind: "unknown", code: "timed_out" });
    const dead = await requestTen(world, "dead");
    const opened = await sendBatch(world.ports, "email", dead);
    expect(opened.open).toEqual(["first"]);
    await sendBatch(world.ports, "email", dead);
    const next = await requestTen(world, "next");
    await sendBatch(world.ports, "email", next);
    expect(world.provider("first").calls).toHaveLength(10);
    expect(
      world
        .provider("second")
        .calls.map(({ touchId }) => touchId)
        .toSorted(),
    ).toEqual(next);
  });

  test("one probe finds out that the first is back", async () => {
    const world = openSendWorld(...both);
    await world.person("ann");
    world.provider("first").answer = () => ({ kind: "retry", afterMs: 0, code: "unreachable" });
    await sendBatch(world.ports, "email", await requestTen(world, "dead"));
    world.provider("first").answer = (id) => ({ kind: "sent", providerId: id });
    world.advance(31_000);
    const probing = await requestTen(world, "probing");
    await sendBatch(world.ports, "email", probing);
    expect(world.provider("first").calls).toHaveLength(11);
    expect(world.provider("second").calls).toHaveLength(9);
    await sendBatch(world.ports, "email", await requestTen(world, "after"));
    expect(world.provider("first").calls).toHaveLength(21);
  });
});

test("with no other provider, messages of a dead one come back when it may be asked again", async () => {
  const world = await aWorldWithAnn();
  world.provider("first").answer = () => ({ kind: "unknown", code: "timed_out" });
  const ids = Array.from({ length: 5 }, (_, n) => `t-${n}`);
  for (const id of [...ids, "late"]) await world.touch(id, { to: "ann" });
  await sendBatch(world.ports, "email", ids);
  expect(await work(world, "late")).toEqual({ kind: "later", afterMs: 30_000, reason: "breaker_open" });
  expect(world.provider("first").calls).toHaveLength(5);
});

test("a message that no provider takes for a week fails", async () => {
  const world = await aWorldWithAnn();
  world.provider("first").answer = () => ({ kind: "unknown", code: "timed_out" });
  const ids = Array.from({ length: 5 }, (_, n) => `t-${n}`);
  for (const id of [...ids, "late"]) await world.touch(id, { to: "ann" });
  world.advance(7 * 24 * HOUR_MS + 1);
  await sendBatch(world.ports, "email", ids);
  expect(await work(world, "late")).toEqual({ kind: "ended", state: "failed", reason: "too_late" });
});
