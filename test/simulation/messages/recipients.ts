import type { Touch } from "#domain/touches/touch.ts";
import type { TestRequest } from "../../support/collect-harness.ts";
import type { Dice } from "../dice.ts";
import { MESSAGE_CONFIG } from "./message-config.ts";
import type { ProviderCall } from "./network/provider-call.ts";
import type { Postman } from "./postman.ts";
import { spellReply } from "./receipts/spell-receipt.ts";
import type { MessageWatch } from "./watch/open-watch.ts";
import type { Place } from "./watch/places.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LINK = new RegExp(`${MESSAGE_CONFIG.STRATA_PUBLIC_URL}(/t/[\\w.-]+)`, "g");
const BROWSER = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" };

/** What people do with messages: they open them, follow links, and have had enough, just when the next one is on its way
 *  too. */
export function startRecipients(on: {
  watch: MessageWatch;
  postman: Postman;
  dice: Dice;
  now: () => number;
  tell: (line: () => string) => void;
  count: (metric: string, n: number) => void;
}) {
  const { watch, postman, dice, now, tell, count } = on;
  const refusals = new Map<Place, () => TestRequest>();

  watch.touches.onClaim(({ category, channel, addressHash }: Touch) => {
    if (category === "marketing" && dice.chance(0.1)) refuseLater(`${channel}#${addressHash}`, 300);
  });

  function refuseLater(place: Place, withinMs: number): void {
    const spell = refusals.get(place);
    if (!spell) return;
    let askedAt = 0;
    postman.post({
      inMs: dice.below(withinMs),
      spell() {
        tell(() => `${place} unsubscribes`);
        askedAt ||= now();
        watch.refusals.onAsked(place, "marketing");
        return spell();
      },
      then(status) {
        if (status !== 200) return watch.complain("page", `${place} unsubscribes and is answered ${status}`);
        tell(() => `${place} is told that nothing will come any more`);
        count("opt-outs answered", 1);
        watch.refusals.onAnswered(place, "marketing", askedAt);
      },
    });
  }

  /** A text is answered by a text, every other message on its page. */
  function refusalOf({ message, adapter }: ProviderCall): (() => TestRequest) | undefined {
    const { unsubscribeUrl, address } = message;
    if (message.message.channel === "sms" && dice.chance(0.5)) {
      const id = dice.below(1e9);
      return () => spellReply(adapter, { address, id, now: now() });
    }
    if (unsubscribeUrl === undefined) return undefined;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const path = new URL(unsubscribeUrl).pathname;
    return () => ({ method: "POST", path, headers, body: "List-Unsubscribe=One-Click" });
  }

  return {
    onTaken(call: ProviderCall): void {
      const { message } = call;
      const place = watch.placeOf(message.message.channel, message.address);
      const spell = refusalOf(call);
      if (spell) {
        refusals.set(place, spell);
        if (dice.chance(0.12)) refuseLater(place, dice.pick([5_000, 10 * MINUTE_MS, 3 * HOUR_MS]));
      }
      for (const [, path = ""] of JSON.stringify(message.message).matchAll(LINK)) {
        if (!dice.chance(0.15)) continue;
        const inMs = dice.below(dice.pick([MINUTE_MS, 5 * HOUR_MS]));
        const then = (status: number) => {
          count("links followed", 1);
          if (status !== 200 && status !== 302) watch.complain("link", `${path} is answered ${status}`);
        };
        postman.post({ inMs, spell: () => ({ method: "GET", path, headers: BROWSER }), then });
      }
    },
  };
}
