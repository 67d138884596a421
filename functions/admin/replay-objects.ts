import type { ReplayAnswer, ReplayedObject } from "#events/admin-api/failed-events.ts";
import type { AdminPorts } from "./ports.ts";
import { replayObject } from "./replay-object.ts";

/** An API's answer may take 29 s at the gateway; one object takes well under the rest. */
const DEADLINE_MS = 20_000;
const LISTED_AT_ONCE = 100;

/** Replays the objects named, or all of them, newest first, until the time of one request is over. What is refused again
 *  goes to a newer object and is not met twice. */
export async function replayObjects(
  wanted: { readonly objects?: readonly string[] | undefined; readonly code?: string | undefined },
  ports: Pick<AdminPorts, "failed" | "events" | "inForce" | "now">,
): Promise<ReplayAnswer> {
  const deadline = ports.now() + DEADLINE_MS;
  const results: ReplayedObject[] = [];
  let more = false;
  for await (const object of wanted.objects ?? listAll(ports)) {
    if (ports.now() > deadline) {
      more = true;
      break;
    }
    results.push(await replayObject(object, wanted, ports));
  }
  return {
    objects: results,
    replayed: sum(results.map(({ replayed }) => replayed)),
    refused: sum(results.map(({ refused }) => refused)),
    kept: sum(results.map(({ kept }) => kept)),
    more,
  };
}

async function* listAll({ failed }: Pick<AdminPorts, "failed">): AsyncGenerator<string> {
  let cursor: string | undefined;
  do {
    const page = await failed.list({ limit: LISTED_AT_ONCE, ...(cursor !== undefined && { cursor }) });
    yield* page.objects;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
