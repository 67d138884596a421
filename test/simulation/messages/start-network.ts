import type { MemoryDynamo } from "../../support/memory-dynamo.ts";
import type { Dice } from "../dice.ts";
import { CONFIG } from "../functions.ts";
import type { Scheduler } from "../scheduler.ts";
import type { Cast } from "./cast.ts";
import { makeNetwork, type Network } from "./network/make-network.ts";
import type { ProviderCall } from "./network/provider-call.ts";
import type { MessageWatch } from "./watch/open-watch.ts";

const MINUTE_MS = 60_000;

type TakenListener = (call: ProviderCall, id: number) => void;

/** The network of a story: some providers are dead for a while, and in some stories nothing goes wrong with any. */
export function startNetwork(on: {
  cast: Cast;
  people: { readonly spanMs: number };
  start: number;
  watch: MessageWatch;
  dynamo: MemoryDynamo;
  scheduler: Scheduler;
  dice: Dice;
  casting: Dice;
  tell: (line: () => string) => void;
}): Network & { onTaken(listener: TakenListener): void } {
  const { cast, people, start, watch, casting } = on;
  const listeners: TakenListener[] = [];
  const outages = cast.providers.flatMap(({ name: provider }) => {
    if (!casting.chance(0.3)) return [];
    const from = start + casting.below(people.spanMs);
    return [{ provider, from, to: from + casting.between(1, 90) * MINUTE_MS }];
  });
  const network = makeNetwork({
    ...on,
    strength: casting.chance(0.2) ? 0 : 0.5 + casting.next(),
    outages,
    complain: watch.complain,
    onCall: watch.onCall,
    onSilence: watch.touches.onSilence,
    onStrike: watch.touches.onStrike,
    onRefusal: ({ message }, scope) =>
      watch.refusals.onAsked(watch.placeOf(message.message.channel, message.address), scope),
    onTaken(call, id) {
      watch.touches.onTaken(call);
      for (const listener of listeners) listener(call, id);
    },
  });
  on.dynamo.onChange(({ table, before, after }) => {
    const [kind, touchId = ""] = (after?.sk?.S ?? "").split("#");
    if (table === CONFIG.STRATA_TABLE_RUNS && kind === "inapp" && !before) network.onInbox(touchId);
  });
  return { ...network, onTaken: (listener) => void listeners.push(listener) };
}
