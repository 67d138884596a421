import type { CapUse, Category } from "#domain/decide/caps.ts";
import { capsFor } from "#domain/decide/caps.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { CompiledJourney } from "#domain/journeys/compile-journey.ts";
import { countRuns } from "#domain/journeys/enter.ts";
import type { KnownPerson } from "#domain/journeys/simulate.ts";
import { hashAddress } from "#domain/links/link-token.ts";
import type { Profile } from "#domain/profile/state.ts";
import { addressesOf, appsOf } from "#domain/touches/address.ts";
import type { AdminPorts } from "./ports.ts";

type KnowingPorts = Pick<AdminPorts, "runs" | "suppressions" | "caps" | "linkKey" | "now">;

/** What is known of somebody who does not exist: nothing. */
export const NOBODY_KNOWN: KnownPerson = {
  liveRuns: 0,
  recentRuns: 0,
  gates: [],
  isSuppressed: () => false,
  usesOf: () => [],
};

/** Reads what decides about a person's entry into a journey and its messages, beside the profile. */
export async function readKnownPerson(
  person: Profile,
  journey: CompiledJourney,
  bundle: CompiledBundle,
  ports: KnowingPorts,
): Promise<KnownPerson> {
  const [runs, gates, addresses] = await Promise.all([
    ports.runs.ofPerson(person.id),
    journey.once ? ports.runs.gatesOf(person.id) : [],
    readAddresses(person, journey, bundle, ports),
  ]);
  const kept = runs.map(({ run }) => run).filter(({ movedTo }) => movedTo === undefined);
  return { ...countRuns(kept, ports.now()), gates, ...addresses };
}

/** The addresses that the journey may write to, each asked for once. */
async function readAddresses(
  person: Profile,
  { program }: CompiledJourney,
  { project, channels }: CompiledBundle,
  { suppressions, caps, linkKey }: KnowingPorts,
): Promise<Pick<KnownPerson, "isSuppressed" | "usesOf">> {
  const sends = program.flatMap((instruction) => (instruction.op === "send" ? [instruction.send] : []));
  const wanted = new Map(
    sends.flatMap(({ channel, category }) =>
      [channel].flat().flatMap((one) =>
        addressesOf(person, one, appsOf(channels, one)).flatMap((address) =>
          // By the second it is told which of them are dead.
          [category, "transactional" as const].map(
            (asked) => [keyOf(one, address, asked), { channel: one, address, category: asked }] as const,
          ),
        ),
      ),
    ),
  );
  const suppressed = new Set<string>();
  const uses = new Map<string, readonly CapUse[]>();
  if (wanted.size > 0) {
    const key = await linkKey();
    await Promise.all(
      Array.from(wanted, async ([id, { channel, address, category }]) => {
        const hash = hashAddress(channel, address, key);
        if (await suppressions.isSuppressed(channel, hash, category)) suppressed.add(id);
        if (capsFor(project.caps, channel, category).length === 0) return;
        uses.set(id, (await caps.find({ channel, category, address: hash })).uses);
      }),
    );
  }
  return {
    isSuppressed: (channel, address, category) => suppressed.has(keyOf(channel, address, category)),
    usesOf: (channel, address, category) => uses.get(keyOf(channel, address, category)) ?? [],
  };
}

function keyOf(channel: string, address: string, category: Category): string {
  return JSON.stringify([channel, address, category]);
}
