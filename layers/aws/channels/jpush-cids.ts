import * as z from "zod";
import { resultOfJpushRefusal } from "./jpush-answers.ts";
import { TokenRefusedError } from "./keep-token.ts";
import { type ApiSurroundings, askApi, readAnswer } from "./post-api.ts";

const Answer = z.object({ cidlist: z.array(z.string().min(1)).min(1) });

/** As many as every app may ask for at once. */
const COUNT = 10;
/** A cid is good for a day. */
const GOOD_FOR_MS = 20 * 3_600_000;

/** Cids of an app, each for one push: JPush pushes by a cid once, and answers whoever pushes by it again with the result of
 *  then. https://docs.jiguang.cn/jpush/server/push/rest_api_v3_push_advanced. */
export interface Cids {
  /** One that nobody had; all who ask while there is none share one fetch. `account` tells a rotated secret from the one
   *  before. */
  take(account: string, fetch: () => Promise<readonly string[]>): Promise<string>;
}

export function keepCids(now: () => number): Cids {
  let held: { readonly account: string; readonly left: string[]; readonly until: number } | undefined;
  let fetching: Promise<void> | undefined;
  return {
    async take(account, fetch) {
      for (;;) {
        const cid = held?.account === account && held.until > now() ? held.left.shift() : undefined;
        if (cid !== undefined) return cid;
        fetching ??= fetch()
          .then((cids) => {
            held = { account, left: [...cids], until: now() + GOOD_FOR_MS };
          })
          .finally(() => {
            fetching = undefined;
          });
        await fetching;
      }
    },
  };
}

/** Asks JPush for cids. Throws TokenRefusedError where it gives none: nothing was pushed then. */
export async function fetchCids(
  channel: string,
  { endpoint, authorization, timeoutMs }: { endpoint: string; authorization: string; timeoutMs: number },
  of: ApiSurroundings,
): Promise<readonly string[]> {
  const url = new URL("/v3/push/cid", endpoint);
  url.searchParams.set("count", String(COUNT));
  const asked = await askApi(channel, url, { headers: { Authorization: authorization }, timeoutMs }, of);
  if (asked.kind === "lost") throw new TokenRefusedError("cid_unavailable");
  const body = readAnswer(asked.body);
  const answer = Answer.safeParse(body).data;
  if (asked.status === 200 && answer) return answer.cidlist;
  const refusal = resultOfJpushRefusal(body, { status: asked.status, to: "" });
  throw refusal.kind === "retry"
    ? new TokenRefusedError(refusal.code, refusal.afterMs)
    : new TokenRefusedError("cid_unavailable");
}
