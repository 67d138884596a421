import type { MemoryDynamo } from "../../../support/memory-dynamo.ts";
import type { Journal } from "../../checks/journal.ts";
import type { Dice } from "../../dice.ts";
import type { Lambda } from "../../lambda.ts";
import type { Scheduler } from "../../scheduler.ts";
import { MESSAGE_CONFIG } from "../message-config.ts";
import type { ProviderCall } from "../network/provider-call.ts";
import type { Postman } from "../postman.ts";
import type { MessageWatch } from "../watch/open-watch.ts";
import { type Message, sesEvent, spellReceipt } from "./spell-receipt.ts";
import { drawTold, eventIdOf, type Told } from "./told.ts";

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

/** What providers tell of messages that they took: once or several times, soon or a day later, in any order, and now and
 *  then it is somebody else who tells. What is answered is in the event stream, and suppressed where it says so. */
export function startReceipts(on: {
  watch: MessageWatch;
  journal: Journal;
  dynamo: MemoryDynamo;
  postman: Postman;
  sesEvents: Lambda<{ readonly detail: unknown }, void>;
  scheduler: Scheduler;
  dice: Dice;
  tell: (line: () => string) => void;
  count: (metric: string, n: number) => void;
}) {
  const { watch, journal, dynamo, postman, sesEvents, scheduler, dice, tell, count } = on;
  let waiting = 0;

  function begin(call: ProviderCall, told: Told, about: Message): () => void {
    const { message, touchId } = call;
    const place = watch.placeOf(message.message.channel, message.address);
    const askedAt = scheduler.now();
    const isKnown = canBeFound(call.adapter, about.id);
    if (told.scope) watch.refusals.onAsked(place, told.scope);
    tell(() => `${call.provider} tells of ${touchId}: ${told.kind} ${told.word}`);
    return () => {
      count("receipts answered", 1);
      tell(() => `${call.provider} is answered about ${touchId}`);
      // By WeChat's own number alone nobody may know yet which touch it is.
      if (!isKnown || !watch.touches.find(touchId)) return;
      if (told.scope) watch.refusals.onAnswered(place, told.scope, askedAt);
      const event = eventIdOf(touchId, told);
      if (!journal.firstRecord.has(event)) watch.complain("receipt-lost", `${event} was answered and is in no stream`);
    };
  }

  function canBeFound(adapter: string, id: number): boolean {
    if (adapter !== "official-account") return true;
    const rows = dynamo.items(MESSAGE_CONFIG.STRATA_TABLE_TOUCHES);
    return rows.some(
      ({ pk }) => pk?.S?.startsWith(`provider#${adapter}#`) && pk.S.endsWith(String(id).padStart(10, "0")),
    );
  }

  function post(call: ProviderCall, told: Told, about: Message, inMs: number): void {
    let heard = () => {};
    postman.post({
      inMs,
      spell() {
        heard = begin(call, told, about);
        return spellReceipt(call.adapter, told, about, { now: scheduler.now(), isForged: false });
      },
      then(status) {
        if (status === 200) heard();
        else watch.complain("receipt", `${call.adapter} tells of ${call.touchId} and is answered ${status}`);
      },
    });
  }

  /** EventBridge calls again what fails. */
  function notify(call: ProviderCall, told: Told, about: Message, inMs: number): void {
    waiting++;
    scheduler.after(inMs, () => {
      const heard = begin(call, told, about);
      sesEvents.invoke({ detail: sesEvent(told, about) }, (outcome) => {
        waiting--;
        if (outcome.kind === "failed") notify(call, told, about, dice.between(30, 120) * SECOND_MS);
        else heard();
      });
    });
  }

  function forge(call: ProviderCall, about: Message): void {
    const told: Told = { kind: "Complained", word: "abuse", scope: "all" };
    postman.post({
      inMs: dice.below(HOUR_MS),
      spell: () => spellReceipt(call.adapter, told, about, { now: scheduler.now(), isForged: true }),
      then(status) {
        count("receipts forged", 1);
        if (status !== 403) watch.complain("forged", `a forged receipt of ${call.adapter} is answered ${status}`);
      },
    });
  }

  return {
    onTaken(call: ProviderCall, id: number): void {
      const all = drawTold(dice, call.adapter);
      if (all.length === 0) return;
      const about = { touchId: call.touchId, address: call.message.address, id, at: scheduler.now() };
      for (const told of all) {
        for (let copies = dice.chance(0.25) ? 2 : 1; copies > 0; copies--) {
          const inMs = dice.below(dice.pick([SECOND_MS, 60 * SECOND_MS, 3 * HOUR_MS, 20 * HOUR_MS]));
          if (call.adapter === "ses" && dice.chance(0.4)) notify(call, told, about, inMs);
          else post(call, told, about, inMs);
        }
      }
      if (dice.chance(0.1)) forge(call, about);
    },
    isDone: () => waiting === 0,
  };
}
