import { describe, expect, test } from "vitest";
import type { LoopbackRequest, Reaction } from "../../support/loopback-api.ts";
import { openProvider } from "../../support/providers/open-provider.ts";
import type { Provider } from "../../support/providers/provider.ts";
import { PROVIDERS } from "../../support/providers/providers.ts";
import {
  ALIYUN,
  AWS_SMS,
  type Documented,
  FCM,
  JPUSH,
  SES,
  WEBHOOK,
  WECHAT,
  WECHAT_TOKEN,
} from "./documented-answers.ts";

/** As many as open a breaker: then it tells whether an answer speaks against the provider. */
const TOUCHES = 5;

/** Plays an answer back to touches in the queue and says what became of all of them, in the words of `End`. */
async function play(provider: Provider, react: (request: LoopbackRequest) => Reaction) {
  const { world, ports, api, ids, definition, addressHash, work } = await openProvider(provider, react, {
    touches: TOUCHES,
  });
  const { open } = await work();
  const ends = new Set<string>();
  for (const id of ids) {
    const touch = await world.stored(id);
    const { state, reason, retryAt = 0 } = touch ?? {};
    if (state === "requested") ends.add(`later ${reason} ${(retryAt - world.now()) / 1000}s`);
    else ends.add(state === "sent" ? "sent" : `${state} ${reason}`);
  }
  const { channel } = definition;
  const isSuppressed = (category: "marketing" | "transactional") =>
    ports.suppressions.isSuppressed(channel, addressHash, category);
  const suppressed = (await isSuppressed("transactional"))
    ? ", dead"
    : (await isSuppressed("marketing"))
      ? ", no marketing"
      : "";
  const [end = "", ...others] = ends;
  expect(others).toEqual([]);
  const isSound = open.length === 0;
  return { end: `${end}${suppressed}${end.startsWith("later") && isSound ? ", healthy" : ""}`, isSound, api };
}

describe.each<[string, Provider, readonly Documented[]]>([
  ["Alibaba Cloud", PROVIDERS.aliyun, ALIYUN],
  ["JPush", PROVIDERS.jpush, JPUSH],
  ["WeChat", PROVIDERS["official-account"], WECHAT],
  ["FCM", PROVIDERS.fcm, FCM],
  ["AWS End User Messaging", PROVIDERS.aws, AWS_SMS],
  ["SES", PROVIDERS.ses, SES],
  ["a webhook", PROVIDERS["standard-webhooks"], WEBHOOK],
])("what %s documents:", (_, provider, documented) => {
  test.each(documented)("%s", async (_said, answer, end) => {
    const played = await play(provider, () => answer);
    expect(played.end).toBe(end);
    // Whoever answers that it will not is alive; whoever is not understood, or wants no more, is left alone.
    expect(played.isSound).toBe(/^(sent|failed)|healthy$/.test(end));
  });

  test("a message that is taken", async () => {
    const { end, api } = await play(provider, () => provider.taken);
    expect(end).toBe("sent");
    expect(api.requests.length).toBeGreaterThanOrEqual(TOUCHES);
  });

  test.each<[string, Reaction]>([
    ["an answer that is lost", "drop"],
    ["an answer that nobody can read", { body: "ok" }],
  ])("%s: sent once, and never again", async (said, answer) => {
    const { end, api } = await play(provider, () => answer);
    // A webhook's receiver says all in its status.
    const isRead = provider.adapter === "standard-webhooks" && said.includes("read");
    expect(end).toMatch(isRead ? /^sent$/ : /^unknown (connection_lost|timed_out|answer_unreadable)$/);
    const messages = api.requests.filter((request) => provider.aside?.(request) === undefined);
    expect(messages).toHaveLength(TOUCHES);
  });
});

test.each(WECHAT_TOKEN)("no token of WeChat: %s", async (_said, answer, end) => {
  const { aside: _aside, ...wechat } = PROVIDERS["official-account"];
  const played = await play(wechat, ({ path }) => (path === "/cgi-bin/stable_token" ? answer : wechat.taken));
  expect(played.end).toBe(end);
  expect(played.api.requests.filter(({ path }) => path !== "/cgi-bin/stable_token")).toEqual([]);
});
