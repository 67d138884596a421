import { expect, test } from "vitest";
import { takeChannel } from "#domain/journeys/take-channel.ts";
import { openVisit } from "#domain/journeys/visit.ts";
import { hashAddress } from "#domain/links/link-token.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { sendBatch } from "#domain/sending/send-batch.ts";
import type { LoopbackRequest, Reaction } from "../../support/loopback-api.ts";
import { openProvider } from "../../support/providers/open-provider.ts";
import type { Provider } from "../../support/providers/provider.ts";
import { PROVIDERS } from "../../support/providers/providers.ts";
import { LINK_KEY } from "../../support/send-world.ts";
import { makeMemoryWakePorts } from "../../support/wake-ports.ts";

const hashOf = (address: string) => hashAddress("push", address, LINK_KEY);

/** Ann's newest device is gone; an older one may be there. */
async function openPush(provider: Provider, gone: Reaction, before?: string) {
  const isAboutNewest = ({ body }: LoopbackRequest) => body.includes(provider.address);
  const react = (request: LoopbackRequest) => (isAboutNewest(request) ? gone : provider.taken);
  const opened = await openProvider(provider, react, { ...(before !== undefined && { before }) });
  const { world, ports, api } = opened;
  const { journeys } = makeMemoryWakePorts(await ports.definitions.get());
  const deciding = {
    ...journeys,
    profiles: world.ports.profiles,
    suppressions: ports.suppressions,
    hashAddress: async (_channel: string, address: string) => hashOf(address),
  };
  /** What a send step decides now: where to, or why not. */
  async function decide(): Promise<string> {
    const visit = await openVisit(deciding, "p_ann" as ProfileId);
    if (!visit) throw new Error("nobody");
    const { decision, addressHash } = await takeChannel(deciding, visit, {
      channel: "push",
      template: "told",
      category: "marketing",
    });
    return decision.kind === "stop" ? decision.reason : (addressHash ?? "nowhere");
  }
  const pushed = () => api.requests.filter((request) => provider.aside?.(request) === undefined);
  return { ...opened, decide, pushed };
}

const unregistered: Reaction = {
  status: 404,
  body: { error: { code: 404, status: "NOT_FOUND", details: [{ errorCode: "UNREGISTERED" }] } },
};
const noTarget: Reaction = { status: 400, body: { error: { code: 1011, message: "cannot find user" } } };

test.each<[string, Provider, Reaction, string]>([
  ["FCM", PROVIDERS.fcm, unregistered, `${"e".repeat(22)}:APA91b${"y".repeat(120)}`],
  ["JPush", PROVIDERS.jpush, noTarget, "190e35f7e0fb16c7d45"],
])(
  "a token that %s calls dead gives way to the one before, and is asked for no more",
  async (_, provider, gone, older) => {
    const { world, ports, work, decide, pushed } = await openPush(provider, gone, older);
    expect(await decide()).toBe(hashOf(provider.address));
    await work();
    expect(await world.stored("t-0")).toMatchObject({ state: "failed", reason: "token_dead" });
    expect(await decide()).toBe(hashOf(older));
    const touch = { to: "ann", channel: "push", channels: ["push"], template: "told" };
    await world.touch("t-1", { ...touch, addressHash: hashOf(older) });
    // One that was asked for before the token died.
    await world.touch("t-2", { ...touch, addressHash: hashOf(provider.address) });
    await sendBatch(ports, "push", ["t-1", "t-2"]);
    expect(await world.stored("t-1")).toMatchObject({ state: "sent" });
    expect(await world.stored("t-2")).toMatchObject({ state: "stopped", reason: "suppressed" });
    expect(pushed()).toHaveLength(2);
  },
);

test.each<[string, Provider, Reaction]>([
  ["FCM", PROVIDERS.fcm, unregistered],
  ["JPush", PROVIDERS.jpush, noTarget],
])("whose only token %s calls dead gets no push", async (_, provider, gone) => {
  const { work, decide } = await openPush(provider, gone);
  await work();
  expect(await decide()).toBe("suppressed");
});
