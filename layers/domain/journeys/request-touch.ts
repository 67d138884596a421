import type { TouchDecision } from "#domain/decide/decide-touch.ts";
import { type Touch, touchTimerId } from "#domain/touches/touch.ts";
import type { JourneyPorts } from "./journey-ports.ts";
import { putWait } from "./put-wait.ts";
import type { Effect, Run } from "./run.ts";
import { type TakenChannel, takeChannel } from "./take-channel.ts";
import type { Visit } from "./visit.ts";

type TouchEffect = Extract<Effect, { kind: "touch" }>;

/** Asks for a touch once: its row is written if there is none, then its queue hears of it. A touch that nobody may send is
 *  stored with the reason; one that has to wait has its timer first. Asked again, it sees through what was begun. */
export async function requestTouch(ports: JourneyPorts, visit: Visit, run: Run, effect: TouchEffect): Promise<void> {
  const begun = await ports.touches.find(effect.touchId);
  if (begun) return seeThrough(ports, begun.touch);
  const touch = touchOf(run, effect, await takeChannel(ports, visit, effect.send), visit.now);
  await putTimer(ports, touch);
  if ((await ports.touches.save({ touch, revision: 1 })) === "conflict") return requestTouch(ports, visit, run, effect);
  ports.count("TouchesRequested", 1);
  if (touch.state === "stopped") ports.count(`TouchesStopped.${touch.reason}`, 1);
  await seeThrough(ports, touch);
}

function touchOf(run: Run, { touchId, path, send, arms }: TouchEffect, taken: TakenChannel, now: number): Touch {
  const { decision, channel, addressHash, choice } = taken;
  return {
    id: touchId,
    profileId: run.profileId,
    journey: run.journey,
    definitionVersion: run.definitionVersion,
    runId: run.id,
    path,
    channels: [send.channel].flat(),
    channel,
    ...(choice && { choice }),
    ...(addressHash !== undefined && { addressHash }),
    template: send.template,
    category: send.category,
    overCap: send.overCap ?? "skip",
    arms,
    cause: run.cause,
    requestedAt: now,
    changedAt: now,
    attempt: 0,
    ...stateOf(decision),
  };
}

function stateOf(decision: TouchDecision): Pick<Touch, "state" | "reason" | "waitUntil"> {
  if (decision.kind === "stop") return { state: "stopped", reason: decision.reason };
  if (decision.kind === "go") return { state: "requested" };
  return { state: "waiting", reason: decision.reason, waitUntil: decision.until };
}

/** A message that comes twice does no harm; one that was never sent leaves a touch for good. */
async function seeThrough(ports: JourneyPorts, touch: Touch): Promise<void> {
  if (touch.state === "requested") await ports.queueOf(touch.channel)?.send([{ touchId: touch.id }]);
}

async function putTimer(ports: JourneyPorts, { id, state, waitUntil }: Touch): Promise<void> {
  if (state !== "waiting" || waitUntil === undefined) return;
  await putWait(ports, { id: touchTimerId(id), at: waitUntil, version: 1 });
}
