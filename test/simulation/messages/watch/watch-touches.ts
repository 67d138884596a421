import type { Touch } from "#domain/touches/touch.ts";
import { isFinal } from "#domain/touches/touch-moves.ts";
import type { ItemChange, MemoryDynamo } from "../../../support/memory-dynamo.ts";
import type { MemorySqs } from "../../../support/memory-sqs.ts";
import type { Journal } from "../../checks/journal.ts";
import type { Sandbox } from "../../sandbox.ts";
import { CHANNEL_QUEUES, MESSAGE_CONFIG } from "../message-config.ts";
import { TOUCHES } from "../message-definitions.ts";
import type { ProviderCall } from "../network/provider-call.ts";
import { watchUnknown } from "./watch-unknown.ts";

/** Every touch comes to one end, which tells what its provider knows, and stays. */
export function watchTouches(on: {
  journal: Journal;
  dynamo: MemoryDynamo;
  sqs: MemorySqs;
  now: () => number;
  complain: (law: string, what: string) => void;
  count: (metric: string, n: number) => void;
}) {
  const { journal, complain, count } = on;
  const touches = new Map<string, Touch>();
  const taken: ProviderCall[] = [];
  const claimListeners: ((touch: Touch) => void)[] = [];
  const unknown = watchUnknown({ ...on, touches });

  on.dynamo.onChange((change) => {
    if (change.table === MESSAGE_CONFIG.STRATA_TABLE_TOUCHES) watchTouch(change);
  });
  on.sqs.onMessage((queue, { body }) => {
    if (!CHANNEL_QUEUES.has(queue)) return;
    const { touchId, touchIds = [touchId] } = JSON.parse(body) as { touchId?: string; touchIds?: string[] };
    for (const id of touchIds) if (!touches.has(id ?? "")) complain("no-row", `${id} is in the queue and has no row`);
  });

  function watchTouch({ before, after }: ItemChange): void {
    if (!after?.b?.S) return;
    const touch = JSON.parse(after.b.S) as Touch;
    const was = before?.b?.S === undefined ? undefined : (JSON.parse(before.b.S) as Touch);
    touches.set(touch.id, touch);
    // What is over changes in nothing but that it is announced.
    if (was && isFinal(was) && endOf(was) !== endOf(touch))
      complain("end", `${touch.id} was ${endOf(was)} and became ${endOf(touch)}`);
    if (isFinal(touch) && was?.state !== touch.state) {
      count(`touches ${touch.state} ${(touch.reason ?? "").split(":", 1)[0]}`.trim(), 1);
      if (touch.state === "sent") count(`touches sent by ${touch.channel}`, 1);
      if (touch.state === "unknown") unknown.onUnknown(touch);
    }
    if (touch.state !== "claimed" || !touch.lease) return;
    unknown.onClaim(touch, touch.lease.owner.split("/", 1)[0] ?? "");
    for (const listener of claimListeners) listener(touch);
  }

  function checkEach(): void {
    const times = new Map<string, number>();
    for (const { touchId } of taken) times.set(touchId, (times.get(touchId) ?? 0) + 1);
    for (const { id, category, state, unannounced } of touches.values()) {
      const n = times.get(id) ?? 0;
      if (n > 1) complain("sent-twice", `${id} (${category}) was taken ${n} times`);
      if (state === "sent" && n === 0) complain("not-sent", `${id} is ${state}, and no provider has it`);
      if ((state === "stopped" || state === "failed") && n > 0)
        complain("sent-and-denied", `${id} is ${state}, and a provider has it`);
      if (state === "sent" && (unannounced || !journal.firstRecord.has(`strata:${id}:sent`)))
        complain("unannounced", `${id} is sent, and no event says so`);
    }
  }

  return {
    onSender: (sandbox: Sandbox) => unknown.onSender(sandbox),
    onStrike: (sandbox: Sandbox) => unknown.onStrike(sandbox),
    onSilence: (call: ProviderCall) => unknown.onSilence(call),
    onTaken: (call: ProviderCall) => void taken.push(call),
    onClaim: (listener: (touch: Touch) => void) => void claimListeners.push(listener),
    onCall({ touchId, sandbox }: ProviderCall): void {
      const holder = unknown.holderOf(touchId);
      if (touches.get(touchId)?.state === "claimed" && holder !== sandbox.name)
        complain("claim", `${sandbox.name} calls with ${touchId}, which ${holder} holds`);
    },
    taken: (): readonly ProviderCall[] => taken,
    find: (id: string) => touches.get(id),

    open: (): string[] =>
      [...touches.values()].filter((touch) => !isFinal(touch)).map(({ id, state }) => `${id} is ${state}`),

    check(runs: readonly { id: string; journey: string; outcome?: { kind: string } | undefined }[]): void {
      checkEach();
      unknown.check();
      const asked = Map.groupBy(touches.values(), ({ runId }) => runId);
      for (const { id, journey, outcome } of runs) {
        if (outcome?.kind !== "finished") continue;
        const n = asked.get(id)?.length ?? 0;
        const wanted = TOUCHES[journey] ?? 0;
        if (n > wanted || (n < wanted && journey !== "cart"))
          complain("touches", `the run ${id} of ${journey} asked for ${n} touches, not ${wanted}`);
      }
    },
  };
}

function endOf({ unannounced: _, ...touch }: Touch): string {
  return JSON.stringify(touch);
}
