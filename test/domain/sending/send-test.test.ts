import { describe, expect, test } from "vitest";
import type { TestRequest } from "#domain/sending/channel-message.ts";
import { sendTest } from "#domain/sending/send-test.ts";
import { findTest, saveTest } from "#domain/sending/test-record.ts";
import { NOON } from "../../support/people.ts";
import { hashOf, MAIL, openSendWorld } from "../../support/send-world.ts";

const REQUEST: TestRequest = {
  requestId: "r-1",
  template: "hello",
  by: "first",
  bundleVersion: 1,
  address: "me@example.com",
  requestedBy: "ann",
  requestedAt: NOON,
};

/** A world in which a test was asked for. */
async function open(changed: Partial<TestRequest> = {}) {
  const world = openSendWorld(MAIL);
  const request = { ...REQUEST, ...changed };
  const { template, by, requestedBy, requestedAt } = request;
  const record = { template, channel: "email", by, requestedBy, requestedAt, state: "queued", at: NOON } as const;
  await saveTest(world.ports.work, request.requestId, { record, revision: 1 });
  const run = () => sendTest(world.ports, "email", request);
  const result = async () => (await findTest(world.ports.work, request.requestId))?.record;
  return { ...world, run, result, calls: world.provider("first").calls };
}

describe("a test message", () => {
  test("is sent once, marked, however often the queue delivers it", async () => {
    const { run, result, calls, ports } = await open();
    expect(await run()).toEqual({ kind: "ended", state: "sent" });
    expect(await run()).toEqual({ kind: "dropped" });
    expect(calls).toMatchObject([
      { touchId: "test-r-1", message: { address: "me@example.com", message: { subject: "[Test] Hello" } } },
    ]);
    expect(await result()).toMatchObject({ state: "sent", providerId: "first-test-r-1" });
    expect([ports.touches.all(), ports.events.events]).toEqual([[], []]);
  });

  test("is sent once where two workers have it at the same time", async () => {
    const { run, calls } = await open();
    const turns = await Promise.all([run(), run(), run()]);
    expect(turns.map(({ kind }) => kind).toSorted()).toEqual(["dropped", "dropped", "ended"]);
    expect(calls).toHaveLength(1);
  });

  test("is not sent again where its sender died: nobody knows", async () => {
    const { run, calls, provider, ports, failures } = await open();
    const { save } = ports.work;
    provider("first").answer = () => {
      ports.work.save = async () => Promise.reject(new Error("store away"));
      return { kind: "sent", providerId: "p" };
    };
    await expect(run()).rejects.toThrow("store away");
    ports.work.save = save;
    expect(await run()).toEqual({ kind: "dropped" });
    expect([calls.length, failures]).toEqual([1, []]);
  });

  test("is refused to a suppressed address", async () => {
    const { run, result, calls, ports } = await open();
    await ports.suppressions.put("email", hashOf("me@example.com"), "all", { reason: "complaint", at: NOON });
    expect(await run()).toEqual({ kind: "ended", state: "failed", reason: "suppressed" });
    expect([calls, await result()]).toMatchObject([[], { state: "failed", code: "suppressed" }]);
  });

  test.each([
    [{ kind: "failed", code: "smtp_550", suppress: true }, "failed", "smtp_550"],
    [{ kind: "retry", afterMs: 60_000, code: "busy" }, "failed", "busy"],
    [{ kind: "unknown", code: "timeout" }, "unknown", "timeout"],
  ] as const)("that its provider answers with %j ends as %s", async (answer, state, code) => {
    const { run, result, provider, ports } = await open();
    provider("first").answer = () => answer;
    expect(await run()).toEqual({ kind: "ended", state, reason: code });
    expect(await result()).toMatchObject({ state, code });
    expect(await ports.suppressions.find("email", hashOf("me@example.com"))).toEqual({});
  });

  test("fails at once where its provider's breaker is open, and its own failures open it", async () => {
    const world = await open();
    world.provider("first").answer = () => ({ kind: "unknown", code: "timeout" });
    for (let n = 0; n < 5; n++) {
      const requestId = `other-${n}`;
      const { record } = (await findTest(world.ports.work, "r-1")) ?? { record: undefined };
      if (!record) throw new Error("no record");
      await saveTest(world.ports.work, requestId, { record, revision: 1 });
      await sendTest(world.ports, "email", { ...REQUEST, requestId });
    }
    expect(await world.run()).toEqual({ kind: "ended", state: "failed", reason: "breaker_open" });
    expect(world.calls).toHaveLength(5);
  });

  test("to an address of another provider is not given to this one", async () => {
    const { run, provider, calls } = await open();
    Object.assign(provider("first"), { takes: (address: string) => address.startsWith("fcm:") });
    expect(await run()).toEqual({ kind: "ended", state: "failed", reason: "address_not_of_provider" });
    expect(calls).toEqual([]);
  });

  test.each([
    [{ by: "other" }, "channel_missing"],
    [{ template: "nowhere" }, "template_unknown"],
    [{ profileId: "p_nobody" }, "profile_unknown"],
    [{ requestedAt: NOON - 3_600_001 }, "too_late"],
  ])("with %j is not sent", async (changed, code) => {
    const { run, calls } = await open(changed);
    expect(await run()).toEqual({ kind: "ended", state: "failed", reason: code });
    expect(calls).toEqual([]);
  });

  test("that nobody has a record of is dropped", async () => {
    const { ports } = openSendWorld(MAIL);
    expect(await sendTest(ports, "email", REQUEST)).toEqual({ kind: "dropped" });
  });
});
