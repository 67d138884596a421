import type { Context } from "aws-lambda";
import type { HttpAnswer } from "#aws/http-answer.ts";
import { makeRateLimit } from "#domain/collect/rate-limit.ts";
import type { StoredDefinition } from "#domain/definitions/bundle.ts";
import { profileIdOf } from "#domain/identity/profile-id.ts";
import { hashAddress, type LinkPayload, signLink } from "#domain/links/link-token.ts";
import { compileOutcomes } from "#domain/outcomes/compile-outcomes.ts";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";
import type { Touch } from "#domain/touches/touch.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { makeOutcomeHandler } from "#functions/outcome/make-outcome-handler.ts";
import type { OutcomePorts } from "#functions/outcome/ports.ts";
import { asVersion1, asVersion2, type Gateway, source, type TestRequest } from "./collect-harness.ts";
import { makeMemoryFoldPorts } from "./fold-ports.ts";
import { LINK_KEY } from "./follow-ports.ts";
import { makeMemoryEventStream } from "./memory-streams.ts";
import { makeMemoryTouchStore } from "./memory-touch-store.ts";
import { anEvent, NOON } from "./people.ts";

export const ADDRESS = "ann@example.com";
export const HASH = hashAddress("email", ADDRESS, LINK_KEY);
export const BROWSER = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" };

const ann: CollectedEvent["identifiers"] = [
  ["userId", "ann"],
  ["email", ADDRESS],
];

/** The real handler over ports in memory, and the real fold for what it puts into the event stream. Ann has agreed to
 *  marketing by e-mail and text message, and was sent one message, `t-1`. */
export async function makeOutcomeHarness(
  given: {
    definitions?: readonly StoredDefinition[];
    secrets?: Readonly<Record<string, string>>;
    linkKey?: OutcomePorts["linkKey"];
  } = {},
) {
  const fold = makeMemoryFoldPorts();
  const state = { now: NOON, certificate: "", confirmed: [] as string[], failStream: false };
  const counted = new Map<string, number>();
  const failures: string[] = [];
  const stream = makeMemoryEventStream();
  const touches = makeMemoryTouchStore();
  const bundle = compileOutcomes({
    version: 1,
    definitions: [source("WEB_KEY", "web"), source("SERVER_KEY", "server"), ...(given.definitions ?? [])],
  });
  let ids = 0;
  const ports: OutcomePorts = {
    touches,
    profiles: fold.profiles,
    suppressions: fold.suppressions,
    identities: fold.identities,
    inapp: fold.inapp,
    events: {
      put: async (groups) => {
        if (state.failStream) throw new Error("no stream");
        await stream.put(groups);
      },
    },
    definitions: { get: async () => bundle },
    certificates: {
      fetchCertificate: async () => state.certificate,
      confirm: async (url) => {
        state.confirmed.push(url);
      },
    },
    linkKey: given.linkKey ?? (async () => LINK_KEY),
    secretOf: (name) => async () => given.secrets?.[name],
    rateLimit: makeRateLimit({ perSecond: 1e6, burst: 1e6 }),
    newId: () => `id-${++ids}`,
    count: (metric, n) => counted.set(metric, (counted.get(metric) ?? 0) + n),
    now: () => state.now,
    logFailure: (message) => failures.push(message),
  };
  const handler = makeOutcomeHandler(ports);

  const consent = (messageId: string, channel: string) =>
    anEvent(messageId, {
      event: "Consent Updated",
      identifiers: ann,
      at: NOON - 1000,
      consent: { purpose: "marketing", channel, granted: true },
    });
  await foldBatch(fold, [
    consent("c1", "email"),
    consent("c2", "sms"),
    anEvent("phone", {
      identifiers: [
        ["userId", "ann"],
        ["phone", "+8613800138000"],
      ],
    }),
  ]);
  const annId = profileIdOf("userId:ann" as IdentifierKey);
  const touch: Touch = {
    id: "t-1",
    profileId: annId,
    journey: "cart-rescue",
    definitionVersion: 1,
    runId: "r-1",
    path: "steps.0.send",
    channels: ["email"],
    channel: "email",
    addressHash: HASH,
    template: "cart",
    category: "marketing",
    overCap: "skip",
    arms: [],
    cause: { factId: "f-1" } as unknown as Touch["cause"],
    requestedAt: NOON - 500,
    state: "sent",
    changedAt: NOON - 400,
    attempt: 1,
    providerId: "ses-1",
  };
  await touches.save({ touch, revision: 1 });
  await touches.linkProvider({ provider: "ses", providerId: "ses-1", touchId: "t-1", at: NOON });

  async function send(request: TestRequest, gateway: Gateway = "http"): Promise<HttpAnswer> {
    const event = gateway === "http" ? asVersion2(request) : asVersion1(request);
    return handler(event, {} as Context);
  }
  /** Folds what the handler has put into the stream since the last time. */
  async function settle(): Promise<void> {
    state.now += 1;
    const { tasks } = await foldBatch(fold, stream.events.splice(0));
    if (tasks.some((task) => task.state !== "folded")) throw new Error("an event was not folded");
  }
  const link = (payload: LinkPayload) => signLink(payload, LINK_KEY);
  const preferencesOf = (p: ProfileId | string, a = HASH) =>
    `/u/${link({ k: "preferences", t: "t-1", c: "email", g: "marketing", a, p })}`;
  const isSuppressed = (channel = "email", hash = HASH) => fold.suppressions.isSuppressed(channel, hash, "marketing");
  return {
    send,
    settle,
    link,
    page: preferencesOf(annId),
    preferencesOf,
    isSuppressed,
    annId,
    fold,
    stream,
    touches,
    touch,
    ports,
    state,
    counted,
    failures,
  };
}
