import { describe, expect, test } from "vitest";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";
import { sendBatch } from "#domain/sending/send-batch.ts";
import { NOON } from "../../support/people.ts";
import { aWorldWithAnn, work } from "../../support/send-to-ann.ts";

describe("a touch that may be sent", () => {
  test("is sent once, and written down with the provider's id and an event", async () => {
    const world = await aWorldWithAnn();
    await world.touch("t-1", { to: "ann" });
    expect(await work(world, "t-1")).toEqual({ kind: "ended", state: "sent" });
    expect(await work(world, "t-1")).toEqual({ kind: "dropped" });
    expect(world.provider("first").calls).toHaveLength(1);
    expect(await world.stored("t-1")).toMatchObject({
      state: "sent",
      providerId: "first-t-1",
      provider: "first",
      attempt: 1,
    });
    expect(await world.ports.touches.findByProvider("test", "first-t-1")).toBe("t-1");
    expect(world.ports.events.events).toMatchObject([
      {
        event: "Message Sent",
        messageId: "strata:t-1:sent",
        identifiers: [["email", "ann@example.com"]],
        activity: false,
      },
    ]);
  });

  test.each(["fcm", "jpush"])("costs no row by the id of %s, which tells nothing of it later", async (adapter) => {
    const world = await aWorldWithAnn();
    await world.touch("t-1", { to: "ann" });
    const channelOf = () => ({ ...world.provider("first"), adapter });
    await sendBatch({ ...world.ports, channelOf }, "email", ["t-1"]);
    expect(await world.stored("t-1")).toMatchObject({ state: "sent", providerId: "first-t-1" });
    expect(await world.ports.touches.findByProvider(adapter, "first-t-1")).toBeUndefined();
  });

  test("goes to its address with tracked links and a page to unsubscribe", async () => {
    const world = await aWorldWithAnn();
    await world.touch("t-1", { to: "ann" });
    await work(world, "t-1");
    const [call] = world.provider("first").calls;
    expect(call?.message).toMatchObject({ address: "ann@example.com", category: "marketing", journey: "welcome" });
    expect(call?.message.unsubscribeUrl).toMatch(/^https:\/\/strata\.example\.com\/u\//);
    const { message } = call ?? {};
    if (message?.message.channel !== "email") throw new Error("no mail");
    expect(message.message.html).toContain('href="https://strata.example.com/t/');
    expect(message.message.html).not.toContain("shop.example.com");
  });

  test("goes to the address that it was requested for, whoever its person has become", async () => {
    const world = await aWorldWithAnn();
    const ann = await world.ports.profiles.load(["p_ann" as ProfileId]);
    const old = ann.get("p_ann" as ProfileId);
    if (!old) throw new Error("nobody");
    const identifiers = new Map([
      ["email:bob@example.com" as IdentifierKey, NOON],
      ["email:ann@example.com" as IdentifierKey, NOON - 1000],
    ]);
    await world.person("bob", { identifiers });
    await world.ports.profiles.save({ ...old, version: 2, mergedInto: "p_bob" as ProfileId });
    await world.touch("t-1", { to: "ann" });
    await work(world, "t-1");
    expect(world.provider("first").calls).toMatchObject([
      { message: { address: "ann@example.com", profileId: "p_bob" } },
    ]);
  });
});
