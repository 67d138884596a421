import { type CollectOutcome, collectCall } from "#domain/collect/collect-call.ts";
import { keyOf } from "#domain/identity/plan-claims.ts";
import { isAnybody } from "#domain/profile/is-anybody.ts";
import { hashMessageId } from "#domain/profile/message-hash.ts";
import type { Profile } from "#domain/profile/state.ts";
import type { CollectedEvent, Identifier } from "#events/collected-event.ts";
import { type FoldPorts, foldBatch } from "#functions/fold/fold-batch.ts";
import { aBundle, makeMemoryFoldPorts, viewerTag } from "./fold-ports.ts";
import { NOON } from "./people.ts";

/** Collection and the fold, one behind the other, over ports in memory. The clock moves on with every look at it, so
 *  that people are created in the order of events. */
export function openPipeline(bundle = aBundle(viewerTag)) {
  let clock = NOON;
  let made = 0;
  const memory = makeMemoryFoldPorts(bundle);
  const ports = { ...memory, now: () => ++clock };
  const tools = { newId: () => `made-${++made}`, geo: { find: () => undefined } };

  /** What collection makes of one call; of a server source, where nothing else is said. */
  function collect(call: object, receivedAt = NOON): CollectOutcome {
    const source = { name: "shop", type: "server", public: false } as const;
    return collectCall(call, { wire: "segment", source, receivedAt }, bundle, tools);
  }

  /** The events of calls that must all be accepted. */
  function accept(calls: readonly object[], receivedAt = NOON): CollectedEvent[] {
    return calls.map((call) => {
      const outcome = collect(call, receivedAt);
      if (outcome.kind === "refused") throw new Error(`${outcome.code}: ${JSON.stringify(call)}`);
      return outcome.event;
    });
  }

  async function fold(events: readonly CollectedEvent[], on: FoldPorts = ports): Promise<void> {
    const { tasks, unfoldable } = await foldBatch(on, events);
    const stuck = tasks.find(({ state }) => state !== "folded");
    if (stuck) throw new Error(`not folded: ${stuck.state}`, { cause: stuck.error });
    if (unfoldable.length > 0) throw new Error(unfoldable[0]?.code);
  }

  /** Collects and folds calls, as one batch. */
  async function send(calls: readonly object[], receivedAt = NOON): Promise<void> {
    await fold(accept(calls, receivedAt));
  }

  function living(): Profile[] {
    return ports.profiles.all().filter((person) => isAlive(person) && isAnybody(person.state));
  }

  /** The person whom an identifier points to, who must be alive and hold it. */
  async function personOf(...identifier: Identifier): Promise<Profile> {
    const key = keyOf(identifier);
    const id = ports.identities.rows.get(key);
    const person = id && (await ports.profiles.load([id])).get(id);
    if (!person || !isAlive(person) || !person.state.identifiers.has(key)) {
      throw new Error(`${key} points at nobody who lives and holds it`);
    }
    return person;
  }

  return { ports, bundle, collect, accept, fold, send, living, personOf };
}

function isAlive({ mergedInto, split }: Profile): boolean {
  return mergedInto === undefined && split === undefined;
}

/** Which of these messages a person's state remembers to have counted. */
export function remembered({ state }: Profile, messageIds: readonly string[]): string[] {
  return messageIds.filter((id) => state.seen.has(hashMessageId(id)));
}
