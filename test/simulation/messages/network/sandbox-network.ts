import type { ChannelNetwork } from "#aws/channels/make-channels.ts";
import type { PostOnce, PostOutcome } from "#aws/channels/post-once.ts";
import type { Sandbox } from "../../sandbox.ts";
import type { Scheduler } from "../../scheduler.ts";
import { loseAws, makeAwsHandler } from "./aws-handler.ts";
import type { Verdict } from "./fates.ts";
import type { Arrival, Reply } from "./provider-api.ts";
import { courseNow, type ProviderCall } from "./provider-call.ts";

const TIMEOUT_MS = 10_000;
/** Anywhere on the public internet. */
const ADDRESS = [{ address: "93.184.216.34", family: 4 }] as const;

/** One request of a call. */
export interface Trip<Answer> {
  readonly what: string;
  readonly timeoutMs: number;
  readonly serve: (verdict: Verdict) => Answer;
  readonly lose: (how: { readonly connected: boolean; readonly timedOut: boolean }) => Answer;
}

/** What the adapters of a sandbox have for a network: requests go to their providers, each for the call in whose course it
 *  is made. */
export function makeSandboxNetwork(
  sandbox: Sandbox,
  on: {
    readonly scheduler: Scheduler;
    readonly go: <Answer>(call: ProviderCall, trip: Trip<Answer>) => Promise<Answer>;
    readonly arrive: (call: ProviderCall, request: Arrival, verdict: Verdict) => Reply;
  },
): ChannelNetwork {
  const { scheduler, go, arrive } = on;
  const post: PostOnce = ({ url, headers, body, timeoutMs }) => {
    const { call } = courseNow();
    return go<PostOutcome>(call, {
      what: `at ${url.host}${url.pathname}`,
      timeoutMs,
      serve: (verdict) => {
        const { status, body: said, headers: told } = arrive(call, { url, headers, body }, verdict);
        const retryAfter = told?.["retry-after"];
        return { kind: "answered", status, body: said, ...(retryAfter !== undefined && { retryAfter }) };
      },
      lose: (how) => ({ kind: "lost", ...how }),
    });
  };
  const requestHandler = makeAwsHandler(async (request) => {
    const course = courseNow();
    course.reached();
    const serve = (verdict: Verdict) => arrive(course.call, request, verdict);
    const what = `at ${request.url.host}`;
    const said = await go<Reply | Error>(course.call, { what, timeoutMs: TIMEOUT_MS, serve, lose: loseAws });
    if (course.result) scheduler.hold(course.result);
    return said;
  });
  return {
    resolve: async () => ADDRESS,
    post,
    clock: sandbox.now,
    aws: {
      region: "us-east-1",
      credentials: { accessKeyId: "id", secretAccessKey: "secret" },
      requestHandler: requestHandler as never,
    },
  };
}
