import { type Cap, capsFor } from "#domain/decide/caps.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { CapKey } from "#domain/ports/cap-store.ts";
import type { Candidate } from "./open-touch.ts";
import { capHashesOf } from "./question.ts";
import type { SendPorts, Turn } from "./send-ports.ts";

const ATTEMPTS = 20;

type ReleasePorts = Pick<SendPorts, "caps" | "linkKey" | "now" | "logFailure">;

/** Gives back the place that a touch may have under caps, where its turn has written down that nobody got it and nobody
 *  will; gives the turn on. What may have been sent keeps its place. Giving back twice is giving back once; where the store
 *  fails, or the worker dies before, the place counts on: one message too few, never one too many. Throws nothing. */
export async function releaseCapPlace(
  ports: ReleasePorts,
  { project }: CompiledBundle,
  { known, onlyBy }: Pick<Candidate, "known" | "onlyBy">,
  turn: Turn,
): Promise<Turn> {
  const { id: touchId, channel, category } = known.touch;
  const caps = capsFor(project.caps, channel, category);
  if (caps.length === 0 || onlyBy !== undefined || !isUnsent(turn)) return turn;
  try {
    const hashes = capHashesOf(known, await ports.linkKey());
    await Promise.all(hashes.map((address) => forget(ports, { channel, category, address }, { touchId, caps })));
  } catch (error) {
    ports.logFailure(error, { touchId, step: "release" });
  }
  return turn;
}

async function forget(
  { caps: store, now }: Pick<SendPorts, "caps" | "now">,
  key: CapKey,
  { touchId, caps }: { readonly touchId: string; readonly caps: readonly Cap[] },
): Promise<void> {
  const expiresAt = now() + Math.max(...caps.map(({ perMs }) => perMs));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { revision, uses } = await store.find(key);
    const others = uses.filter((use) => use.touchId !== touchId);
    if (others.length === uses.length) return;
    if ((await store.save(key, { revision: revision + 1, uses: others }, expiresAt)) === "saved") return;
  }
}

function isUnsent(turn: Turn): boolean {
  return turn.kind === "ended" && (turn.state === "failed" || turn.state === "stopped");
}
