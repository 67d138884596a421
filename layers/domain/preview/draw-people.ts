import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { Profile } from "#domain/profile/state.ts";

/** Into how many segments the space of hashed keys may be divided: the first whose segments are about one page. */
const DIVISIONS = [1, 16, 256, 4096, 65_536];
/** Segments read side by side. */
const WORKERS = 8;

export interface DrawPorts {
  readonly profiles: Pick<ProfileStore, "scan">;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** True once there is no more time. */
  readonly isOver: () => boolean;
}

/** How much of everyone was looked at. */
export interface Drawn {
  /** The part of the space of hashed keys that was read, at most 1: everyone. */
  readonly share: number;
  readonly people: number;
  /** Time ran out before as many were read as were wanted. */
  readonly cutShort: boolean;
}

/** Looks at people drawn uniformly at random until there are `wanted` of them (Infinity: everyone) or time runs out.
 *  Where a person lies in a scan follows from a hash of the id alone, so the people of randomly chosen segments are a
 *  random sample without replacement, at the cost of reading only them. Segments are taken whole or not at all: `keep` is
 *  given what `look` made of each page of a segment once all of it was read, one segment after another. */
export async function drawPeople<Seen>(
  ports: DrawPorts,
  wanted: number,
  look: (people: readonly Profile[]) => Promise<Seen>,
  keep: (seen: readonly Seen[]) => void,
): Promise<Drawn> {
  const { segments, about } = await divide(ports);
  const order = drawOrder(segments, ports.random);
  let done = 0;
  let people = 0;
  let reading = 0;
  let cutShort = false;
  // What is being read will be there too: reading on beyond what was asked for costs time that others need.
  const isEnough = () => people + reading * (done > 0 ? people / done : about) >= wanted;

  async function work(): Promise<void> {
    while (!isEnough()) {
      const segment = order.next();
      if (segment.done) return;
      reading++;
      const read = await readSegment(ports, segment.value, segments, look);
      reading--;
      if (!read) {
        cutShort = true;
        return;
      }
      done++;
      people += read.people;
      keep(read.seen);
    }
  }
  await Promise.all(Array.from({ length: Math.min(WORKERS, segments) }, work));
  return { share: done / segments, people, cutShort };
}

/** Looks at everyone of one part: people lie in parts by a hash of their ids, each in exactly one. */
export async function readPart<Seen>(
  ports: Pick<DrawPorts, "profiles" | "isOver">,
  part: { readonly index: number; readonly of: number },
  look: (people: readonly Profile[]) => Promise<Seen>,
  keep: (seen: readonly Seen[]) => void,
): Promise<Drawn> {
  const read = await readSegment(ports, part.index, part.of, look);
  if (!read) return { share: 0, people: 0, cutShort: true };
  keep(read.seen);
  return { share: 1, people: read.people, cutShort: false };
}

/** Reads one random page at each division until one is a whole segment. */
async function divide({ profiles, random }: DrawPorts): Promise<{ segments: number; about: number }> {
  let about = 0;
  for (const segments of DIVISIONS) {
    const page = await profiles.scan({ segment: Math.floor(random() * segments), segments });
    about = page.profiles.length;
    if (page.cursor === undefined) return { segments, about };
  }
  return { segments: DIVISIONS.at(-1) ?? 1, about };
}

/** Undefined where time ran out. */
async function readSegment<Seen>(
  { profiles, isOver }: Pick<DrawPorts, "profiles" | "isOver">,
  segment: number,
  segments: number,
  look: (people: readonly Profile[]) => Promise<Seen>,
): Promise<{ people: number; seen: Seen[] } | undefined> {
  const seen: Seen[] = [];
  let people = 0;
  let cursor: string | undefined;
  do {
    if (isOver()) return undefined;
    const page = await profiles.scan({ segment, segments, ...(cursor !== undefined && { cursor }) });
    people += page.profiles.length;
    seen.push(await look(page.profiles));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { people, seen };
}

/** The numbers below `count` in random order, one at a time (Fisher and Yates, as far as it is asked for). */
function* drawOrder(count: number, random: () => number): Generator<number, undefined> {
  const swapped = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (count - i));
    const drawn = swapped.get(j) ?? j;
    swapped.set(j, swapped.get(i) ?? i);
    yield drawn;
  }
}
