import type { HttpAnswer } from "#aws/http-answer.ts";
import { basic, type TestRequest } from "../support/collect-harness.ts";
import type { Journal } from "./checks/journal.ts";
import type { Dice } from "./dice.ts";
import type { Lambda } from "./lambda.ts";
import { type Request, WRITE_KEY } from "./population.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Weather } from "./weather.ts";

/** Clients as SDKs are: a request is sent again, unchanged, until it is answered with 200. */
export function startSenders(on: {
  requests: readonly Request[];
  collect: Lambda<TestRequest, HttpAnswer>;
  journal: Journal;
  scheduler: Scheduler;
  weather: Weather;
  dice: Dice;
  tell: (line: () => string) => void;
}): { isDone(): boolean } {
  const { requests, collect, journal, scheduler, weather, dice, tell } = on;
  let waiting = requests.length;

  for (const request of requests) scheduler.after(request.afterMs, () => send(request, true));

  function send(request: Request, isFirst: boolean): void {
    const ids = request.calls.map(({ messageId }) => messageId);
    tell(() => `a client sends ${request.calls.map(describe).join("; ")}${isFirst ? "" : ", again"}`);
    const again = () => scheduler.after(dice.between(200, 20_000), () => send(request, false));
    const headers = { authorization: basic(WRITE_KEY), "content-type": "application/json" };
    const body = JSON.stringify({ batch: request.calls });
    collect.invoke({ path: "/v1/batch", headers, body }, (outcome) => {
      if (outcome.kind === "failed" || outcome.answer.statusCode !== 200) return again();
      const { rejected = [] } = JSON.parse(String(outcome.answer.body)) as { rejected?: { index: number }[] };
      const refused = new Set(rejected.map(({ index }) => index));
      for (const [n, id] of ids.entries()) (refused.has(n) ? journal.refused : journal.acknowledged).add(id);
      if (weather.strikes("request-repeated", () => ids.join(" "))) return again();
      waiting--;
    });
  }
  return { isDone: () => waiting === 0 };
}

function describe({ messageId, userId, anonymousId, event, context }: Request["calls"][number]): string {
  const { traits, device } = context as { traits?: { email: string }; device?: { id: string } };
  const ids = [userId, traits?.email, device?.id, anonymousId].filter((id) => id !== undefined);
  return `${messageId} ${event ?? "identify"} of ${ids.join("+")}`;
}
