import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { fail, giveUp, stop } from "#domain/touches/touch-moves.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { askGate, hasGate } from "./ask-gate.ts";
import type { Candidate } from "./open-touch.ts";
import { providersOf } from "./providers-of.ts";
import { releaseCapPlace } from "./release-cap-place.ts";
import type { SendPorts, Turn } from "./send-ports.ts";
import { takesAddress } from "./takes-address.ts";
import { writeTouch } from "./write-touch.ts";

/** A message that no provider has taken for a week has lost its sense. */
const TOO_LATE_MS = 7 * 24 * 3_600_000;
const LONGEST_DELAY_MS = 15 * 60_000;

/** What one provider is to send, and when. */
export interface Assigned {
  readonly definition: ChannelDefinition;
  readonly places: readonly { readonly candidate: Candidate; readonly at: number }[];
  readonly isSound: boolean;
  readonly hasGate: boolean;
}

interface Assigning {
  readonly bundle: CompiledBundle;
  readonly owner: string;
  readonly channel: string;
  /** Gains the providers whose breaker kept something back. */
  readonly open: Set<string>;
}

/** Gives candidates to the providers of the channel, the first by priority first; the next ones get what an open breaker
 *  keeps back, never what only has to wait for its turn. `left` are those that nobody takes now. */
export async function assignProviders(
  ports: SendPorts,
  { bundle, owner, channel, open }: Assigning,
  candidates: readonly Candidate[],
): Promise<{ groups: Assigned[]; left: (readonly [touchId: string, turn: Turn])[] }> {
  const groups: Assigned[] = [];
  const late: Promise<readonly [string, Turn]>[] = [];
  const definitions = providersOf(bundle, channel);
  let waiting = [...candidates];
  let retryAt = Number.POSITIVE_INFINITY;
  for (const definition of definitions) {
    const own = waiting.filter(
      (one) => (one.onlyBy === undefined || one.onlyBy === definition.name) && takesAddress(ports, definition, one),
    );
    if (own.length === 0) continue;
    const passage = await askGate(ports, definition, { wanted: own.length, owner });
    const { at, isSound, isClosed } = passage;
    const places = own.flatMap((candidate, n) => (at[n] === undefined ? [] : [{ candidate, at: at[n] }]));
    groups.push({ definition, places, isSound, hasGate: hasGate(definition) });
    const over = own.slice(at.length);
    waiting = waiting.filter((one) => !own.includes(one));
    if (isClosed) {
      waiting.push(...over);
      open.add(definition.name);
      retryAt = Math.min(retryAt, passage.retryAt);
    } else late.push(...over.map((one) => putOff(ports, bundle, one, { retryAt: passage.retryAt, reason: "rate" })));
  }
  for (const one of waiting) {
    const isHopeless = !definitions.some((definition) => takesAddress(ports, definition, one));
    late.push(putOff(ports, bundle, one, { ...(!isHopeless && { retryAt }), reason: "breaker_open" }));
  }
  return { groups: groups.filter(({ places }) => places.length > 0), left: await Promise.all(late) };
}

/** A message that no provider takes now comes back, unless it has for a week; without any provider it stops.
 *  What a provider may have is not denied then. */
async function putOff(
  ports: SendPorts,
  bundle: CompiledBundle,
  candidate: Candidate,
  { retryAt, reason }: { readonly retryAt?: number; readonly reason: string },
): Promise<readonly [string, Turn]> {
  const { stored } = candidate;
  const { touch } = stored;
  const now = ports.now();
  const isOver = now - Math.max(touch.changedAt, touch.waitUntil ?? 0) > TOO_LATE_MS;
  if (retryAt !== undefined && !isOver) {
    const afterMs = Math.max(1_000, Math.min(retryAt - now, LONGEST_DELAY_MS));
    return [touch.id, { kind: "later", afterMs, reason }];
  }
  const unsent = isOver ? fail(touch, "too_late", now) : stop(touch, "channel_missing", now);
  const next = candidate.onlyBy === undefined ? unsent : giveUp(touch, now);
  const turn = await writeTouch(ports, stored, next).catch((error: unknown): Turn => ({ kind: "broke", error }));
  return [touch.id, await releaseCapPlace(ports, bundle, candidate, turn)];
}
