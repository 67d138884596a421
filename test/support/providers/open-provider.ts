import { onTestFinished, vi } from "vitest";
import { type ChannelSurroundings, makeChannels } from "#aws/channels/make-channels.ts";
import { hashAddress } from "#domain/links/link-token.ts";
import type { Channel } from "#domain/ports/channel.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";
import { sendBatch } from "#domain/sending/send-batch.ts";
import type { SendPorts } from "#domain/sending/send-ports.ts";
import { ChannelDefinition } from "#events/definitions/channel.ts";
import { type LoopbackRequest, openLoopbackApi, type Reaction } from "../loopback-api.ts";
import { makeMemoryInappStore } from "../memory-inapp-store.ts";
import { NOON } from "../people.ts";
import { LINK_KEY, openSendWorld } from "../send-world.ts";
import type { Provider } from "./provider.ts";

/** The keys that the SDK of AWS finds in the environment. */
export const AWS_KEYS = { AWS_ACCESS_KEY_ID: "PLANTEDAWSKEYID", AWS_SECRET_ACCESS_KEY: "planted-aws-secret-key" };

interface Surroundings {
  /** How many touches wait for Ann. */
  readonly touches?: number;
  /** An address that she had before. */
  readonly before?: string;
  /** Replaces what the secret's store would give. */
  readonly secret?: () => Promise<string | undefined>;
  /** Where the provider is thought to be, if not on the server of this test. */
  readonly url?: string;
  /** The provider has this long; a worker of production gives it ten seconds. */
  readonly timeoutMs?: number;
  readonly network?: ChannelSurroundings["network"];
  readonly log?: ChannelSurroundings["log"];
  /** Stands between the channel's definition and its adapter. */
  readonly wrap?: (channel: Channel) => Channel;
}

/** A provider on this machine behind its real adapter, made as a worker makes it, and Ann, whom touches wait for. */
export async function openProvider(
  provider: Provider,
  react: (request: LoopbackRequest) => Reaction,
  {
    touches = 1,
    before,
    secret,
    url,
    timeoutMs = 2_000,
    network,
    log = () => undefined,
    wrap = (one) => one,
  }: Surroundings = {},
) {
  const { adapter, channel, identifier, address } = provider;
  const api = await openLoopbackApi((request) => provider.aside?.(request) ?? react(request));
  const environment = { ...AWS_KEYS, AWS_REGION: "eu-west-1", AWS_ENDPOINT_URL: url ?? api.url };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const definition = ChannelDefinition.parse({
    kind: "channel",
    name: "main",
    channel,
    adapter,
    options: provider.options(url ?? api.url),
    rate: { max: 1000, per: "second" },
    ...(provider.secret !== undefined && { secret: "strata/s" }),
  });
  const world = openSendWorld(
    { kind: "template", name: "told", channel, category: "marketing", ...provider.template },
    definition,
  );
  await world.person("ann", {
    identifiers: new Map([
      ["userId:ann" as IdentifierKey, NOON - 1],
      ...(identifier === undefined ? [] : [[`${identifier}:${address}` as IdentifierKey, NOON] as const]),
      ...(before === undefined ? [] : [[`${identifier}:${before}` as IdentifierKey, NOON - 1] as const]),
    ]),
    consent: new Map([[`marketing.${channel}`, { granted: true, at: NOON }]]),
  });
  const addressHash = hashAddress(channel, address, LINK_KEY);
  const ids = Array.from({ length: touches }, (_, n) => `t-${n}`);
  for (const id of ids)
    await world.touch(id, { to: "ann", channel, channels: [channel], template: "told", addressHash });
  const text = typeof provider.secret === "string" ? provider.secret : JSON.stringify(provider.secret);
  const channelOf = makeChannels({
    secretOf: () => secret ?? (async () => text),
    inbox: makeMemoryInappStore(world.now),
    allowedHosts: new Set([api.host, ...(url === undefined ? [] : [new URL(url).host])]),
    work: world.ports.work,
    sleep: (ms) => new Promise((done) => setTimeout(done, Math.min(ms, 5))),
    now: world.now,
    log,
    ...(network && { network }),
  });
  const ports: SendPorts = {
    ...world.ports,
    channelOf: (one) => {
      const made = wrap(channelOf(one));
      return { ...made, send: (message, of) => made.send(message, { ...of, timeoutMs }) };
    },
  };
  return { world, ports, api, ids, addressHash, definition, work: () => sendBatch(ports, channel, ids) };
}
