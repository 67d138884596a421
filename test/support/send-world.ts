import * as z from "zod";
import { hashAddress } from "#domain/links/link-token.ts";
import type { Channel, OutgoingMessage, SendResult } from "#domain/ports/channel.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";
import type { SendPorts } from "#domain/sending/send-ports.ts";
import type { Touch } from "#domain/touches/touch.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { aBundleOf } from "./journey-ports.ts";
import { makeMemoryCapStore } from "./memory-cap-store.ts";
import { makeMemoryProfileStore } from "./memory-profile-store.ts";
import { makeMemoryRenderer } from "./memory-renderer.ts";
import { makeMemoryEventStream } from "./memory-streams.ts";
import { makeMemorySuppressionStore } from "./memory-suppression-store.ts";
import { makeMemoryTimerStore } from "./memory-timer-store.ts";
import { makeMemoryTouchStore } from "./memory-touch-store.ts";
import { makeMemoryWorkStore } from "./memory-work-store.ts";
import { aPerson, NOON } from "./people.ts";

export const LINK_KEY = { id: "test", secret: Buffer.from("a key for links") };

/** A provider that keeps what it was asked, and answers as it is told. */
export interface TestProvider extends Channel {
  readonly calls: { readonly touchId: string; readonly message: OutgoingMessage; readonly at: number }[];
  answer: (touchId: string) => SendResult | Promise<SendResult>;
}

/** Where sending happens, in memory: mail by `first` (and by `second` where its breaker is open), a template, people. */
export function openSendWorld(...written: readonly unknown[]) {
  const state = { now: NOON, ids: 0 };
  const now = () => state.now;
  const providers = new Map<string, TestProvider>();
  const failures: unknown[] = [];
  const bundle = { current: bundleOf(written) };
  const provider = (name: string, idempotent = false): TestProvider => {
    const made: TestProvider = providers.get(name) ?? {
      name,
      adapter: "test",
      idempotent,
      calls: [],
      answer: (touchId) => ({ kind: "sent", providerId: `${name}-${touchId}` }),
      send: async (message, { touchId }) => {
        made.calls.push({ touchId, message, at: now() });
        return made.answer(touchId);
      },
    };
    providers.set(name, made);
    return made;
  };
  const ports = {
    touches: makeMemoryTouchStore(),
    profiles: makeMemoryProfileStore(),
    suppressions: makeMemorySuppressionStore(),
    caps: makeMemoryCapStore(),
    timers: makeMemoryTimerStore(),
    work: makeMemoryWorkStore(),
    events: makeMemoryEventStream(),
    definitions: { get: async () => bundle.current, atLeast: async () => bundle.current },
    renderer: makeMemoryRenderer(),
    channelOf: ({ name }: ChannelDefinition) => provider(name),
    linkKey: async () => LINK_KEY,
    publicUrl: "https://strata.example.com",
    now,
    // Time stands still while a batch is worked.
    sleep: async () => undefined,
    newId: () => `worker-${++state.ids}`,
    logFailure: (error: unknown) => failures.push(error),
  } satisfies SendPorts;
  return {
    ports,
    failures,
    provider,
    advance: (ms: number) => {
      state.now += ms;
    },
    now,
    define: (...definitions: unknown[]) => {
      bundle.current = bundleOf(definitions);
    },
    /** A person who can be reached at `<name>@example.com`, and agreed to it. */
    async person(name: string, changed: Partial<Profile["state"]> = {}) {
      const person = aPerson(name, { state: reachable(`${name}@example.com`, changed) });
      await ports.profiles.save(person);
      return person;
    },
    /** A touch of a person that is in the queue. */
    async touch(id: string, changed: Partial<Touch> & { readonly to: string }) {
      const { to, ...rest } = changed;
      const touch = aTouch(id, to, { requestedAt: state.now, changedAt: state.now, ...rest });
      await ports.touches.save({ touch, revision: 1 });
      return touch;
    },
    stored: async (id: string) => (await ports.touches.find(id))?.touch,
  };
}

export const MAIL: ChannelDefinition = {
  kind: "channel",
  name: "first",
  channel: "email",
  adapter: "smtp",
  options: { host: "127.0.0.1", from: "shop@example.com" },
  rate: { max: 1000, per: "second" },
};

/** The journey whose messages are sent. */
export const WELCOME = {
  kind: "journey",
  name: "welcome",
  trigger: { event: "Signed Up" },
  steps: [{ send: { channel: "email", template: "hello", category: "marketing" } }],
};

const DEFINITIONS: readonly unknown[] = [
  WELCOME,
  {
    kind: "template",
    name: "hello",
    channel: "email",
    category: "marketing",
    locales: {
      en: {
        subject: "Hello",
        body: '<p>Hi <a href="https://shop.example.com/">shop</a> <a href="{{ links.unsubscribe }}">no more</a></p>',
      },
    },
  },
];

/** Those of every world, unless the same are given. */
function bundleOf(written: readonly unknown[]) {
  const names = new Set(written.map(nameOf));
  return aBundleOf([...DEFINITIONS.filter((one) => !names.has(nameOf(one))), ...written]);
}

function nameOf(definition: unknown): string {
  const { kind, name } = z.object({ kind: z.string(), name: z.string() }).parse(definition);
  return `${kind} ${name}`;
}

export function aTouch(id: string, name: string, changed: Partial<Touch> = {}): Touch {
  return {
    id,
    profileId: `p_${name}` as ProfileId,
    journey: "welcome",
    definitionVersion: 1,
    runId: `run-${id}`,
    path: "steps.0.send",
    channels: ["email"],
    channel: "email",
    addressHash: hashOf(`${name}@example.com`),
    template: "hello",
    category: "marketing",
    overCap: "skip",
    arms: [],
    cause: { factId: "f-1" },
    requestedAt: NOON,
    changedAt: NOON,
    state: "requested",
    attempt: 0,
    ...changed,
  };
}

export function hashOf(address: string): string {
  return hashAddress("email", address, LINK_KEY);
}

function reachable(address: string, changed: Partial<Profile["state"]>): Profile["state"] {
  return {
    ...emptyState(),
    identifiers: new Map([[`email:${address}` as IdentifierKey, NOON - 1000]]),
    consent: new Map([["marketing.email", { granted: true, at: NOON - 1000 }]]),
    ...changed,
  };
}
