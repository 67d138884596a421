import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { type Assigned, assignProviders } from "./assign-providers.ts";
import { type Delivered, deliver } from "./deliver.ts";
import { reportSigns } from "./gate.ts";
import { type Candidate, openTouch } from "./open-touch.ts";
import { releaseCapPlace } from "./release-cap-place.ts";
import type { SendPorts, Turn } from "./send-ports.ts";

export interface Batch {
  /** What became of each touch. */
  readonly turns: ReadonlyMap<string, Turn>;
  /** Providers whose breaker opened, or was found open. */
  readonly open: readonly string[];
}

interface Worker {
  readonly bundle: CompiledBundle;
  readonly owner: string;
  readonly turns: Map<string, Turn>;
  readonly open: Set<string>;
}

/** Works the messages of one channel's queue that were received together: those that may be sent take places in the
 *  schedule of its first provider whose breaker lets them, and are sent, each at its place. */
export async function sendBatch(ports: SendPorts, channel: string, touchIds: readonly string[]): Promise<Batch> {
  const inForce = await ports.definitions.get();
  const turns = new Map<string, Turn>();
  const candidates: Candidate[] = [];
  await Promise.all(
    Array.from(new Set(touchIds), async (touchId) => {
      const opened = await openTouch(ports, inForce, { touchId, channel }).catch(broke);
      if ("candidate" in opened) candidates.push(opened.candidate);
      else turns.set(touchId, opened.turn);
    }),
  );
  // A touch that was asked for by newer ones has brought them.
  const bundle = await ports.definitions.get();
  const worker: Worker = { bundle, owner: ports.newId(), turns, open: new Set() };
  const { owner, open } = worker;
  const { groups, left } = await assignProviders(ports, { bundle, owner, channel, open }, candidates).catch(
    (error: unknown) => ({
      groups: [],
      left: candidates.map(({ stored }) => [stored.touch.id, broke(error).turn] as const),
    }),
  );
  for (const [id, turn] of left) turns.set(id, turn);
  await Promise.all(groups.map((group) => deliverGroup(ports, worker, group)));
  return { turns, open: [...open] };
}

/** Sends what one provider was given, and tells its gate how it went. */
async function deliverGroup(
  ports: SendPorts,
  { bundle, owner, turns, open }: Worker,
  { definition, places, isSound, hasGate }: Assigned,
): Promise<void> {
  const outcomes = await Promise.all(
    places.map(async ({ candidate, at }): Promise<Delivered> => {
      const inMs = at - ports.now();
      if (inMs > 0) await ports.sleep(inMs);
      const by = { channel: ports.channelOf(definition), owner };
      const delivered = await deliver(ports, bundle, candidate, by).catch(broke);
      turns.set(candidate.stored.touch.id, await releaseCapPlace(ports, bundle, candidate, delivered.turn));
      return delivered;
    }),
  );
  const signs = outcomes.flatMap(({ sign }) => sign ?? []);
  if (!hasGate || (isSound && signs.every((sign) => sign === "alive"))) return;
  try {
    const { before, after } = await reportSigns(ports.work, definition.name, signs, { owner, now: ports.now() });
    if (before !== "open" && after === "open") open.add(definition.name);
  } catch (error) {
    // What was sent is sent; others find the provider dead, or a probe's time runs out.
    ports.logFailure(error, { provider: definition.name, step: "breaker" });
  }
}

function broke(error: unknown): { readonly turn: Turn } {
  return { turn: { kind: "broke", error } };
}
