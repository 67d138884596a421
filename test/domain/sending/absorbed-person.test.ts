import { describe, expect, test } from "vitest";
import { stateConsents } from "#domain/consents/state-consents.ts";
import { hashAddress } from "#domain/links/link-token.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { sendBatch } from "#domain/sending/send-batch.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { LINK_KEY, MAIL, openSendWorld } from "../../support/send-world.ts";

const HOUR_MS = 3_600_000;
const ANON = "p_anon" as ProfileId;
const ANN = "p_ann" as ProfileId;
const HOOK: ChannelDefinition = { ...MAIL, name: "hook", channel: "webhook", adapter: "standard-webhooks" };
const template = {
  kind: "template",
  name: "ping",
  channel: "webhook",
  category: "marketing",
  locales: { en: { body: "{}" } },
};
const agreed = new Map([["marketing.webhook" as const, { granted: true, at: 1 }]]);

/** A visitor with an id of their own, and Ann, who the visitor turns out to be. */
async function openWorld(max = 1) {
  const caps = [{ channel: "webhook", category: "marketing", max, per: "48h" }];
  const world = openSendWorld(HOOK, template, { kind: "setting", name: "project", caps });
  const { profiles } = world.ports;
  const visitor = await world.person("anon", { identifiers: new Map(), consent: agreed });
  const ann = await world.person("ann", { consent: agreed });
  const ask = (id: string, whom: ProfileId, changed = {}) =>
    world.touch(id, {
      to: whom.slice("p_".length),
      channels: ["webhook"],
      channel: "webhook",
      template: "ping",
      addressHash: hashAddress("webhook", whom, LINK_KEY),
      ...changed,
    });
  const merged = { ...ann, version: ann.version + 1, state: { ...ann.state, absorbed: new Set([ANON]) } };
  async function merge() {
    await profiles.save(merged);
    await profiles.save({ ...visitor, version: visitor.version + 1, mergedInto: ANN });
  }
  const send = (...ids: string[]) => sendBatch(world.ports, "webhook", ids);
  return { ...world, ask, merge, merged, send };
}

describe("a message by a channel that reaches people by their id, for a visitor who then turned out to be Ann", () => {
  test.each(["marketing", "transactional"] as const)("is sent to Ann: %s", async (category) => {
    const { ask, merge, send, provider } = await openWorld();
    await ask("t-1", ANON, { category });
    await merge();
    await send("t-1");
    expect(provider("hook").calls).toMatchObject([{ touchId: "t-1", message: { profileId: ANN } }]);
  });

  test("is not sent once Ann has unsubscribed", async () => {
    const { ask, merge, merged, send, ports, now, stored } = await openWorld();
    await ask("t-1", ANON);
    await merge();
    const hearing = { newId: () => "m-1", now: now(), calendar: (await ports.definitions.get()).calendar };
    const refusal = { purpose: "marketing", channel: "*", granted: false };
    const events = { ...ports.events, put: async () => undefined };
    await stateConsents({ ...ports, suppressions: ports.suppressions, events }, { person: merged }, [refusal], {
      ...hearing,
      collectedBy: "preference-page",
      proof: "touch:t-0",
      byPerson: true,
    });
    await send("t-1");
    expect(await stored("t-1")).toMatchObject({ state: "stopped", reason: "suppressed" });
  });
});

describe("a cap of such a channel", () => {
  test("counts for Ann what the visitor was sent", async () => {
    const { ask, merge, send, stored, advance } = await openWorld();
    await ask("t-1", ANON);
    await send("t-1");
    await merge();
    await ask("t-2", ANN);
    await send("t-2");
    expect([await stored("t-1"), await stored("t-2")]).toMatchObject([{ state: "sent" }, { reason: "cap_reached" }]);
    advance(49 * HOUR_MS);
    await ask("t-3", ANN);
    await send("t-3");
    expect(await stored("t-3")).toMatchObject({ state: "sent" });
  });

  test("counts each of them once", async () => {
    const { ask, merge, send, provider } = await openWorld(3);
    await ask("t-1", ANON);
    await send("t-1");
    await merge();
    for (const id of ["t-2", "t-3", "t-4"]) {
      await ask(id, ANN);
      await send(id);
    }
    expect(provider("hook").calls.map(({ touchId }) => touchId)).toEqual(["t-1", "t-2", "t-3"]);
  });

  test("holds where both were asked for before, and are sent at once", async () => {
    const { ask, merge, send, provider } = await openWorld();
    await ask("t-1", ANON);
    await ask("t-2", ANN);
    await merge();
    await Promise.all([send("t-1"), send("t-2")]);
    expect(provider("hook").calls).toHaveLength(1);
  });
});
