import type { Touch } from "#domain/touches/touch.ts";
import type { Sandbox } from "../../sandbox.ts";
import type { ProviderCall } from "../network/provider-call.ts";

/** What a worker has read of a touch may be as old as a claim and the wait for a place before it. */
const READ_MS = 5 * 60_000;
/** A sender holds a touch for so long. */
const LEASE_MS = 60_000;

/** Nobody knows what became of a touch only where something went wrong: for the worker that had it, or because its provider
 *  told nothing; and all in all no more often than that. */
export function watchUnknown(on: {
  touches: ReadonlyMap<string, Touch>;
  now: () => number;
  complain: (law: string, what: string) => void;
  count: (metric: string, n: number) => void;
}) {
  const { touches, now, complain, count } = on;
  const claims = new Map<string, { readonly sandbox: string; readonly at: number }>();
  const struckAt = new Map<string, number>();
  const senders = new Map<string, Sandbox>();
  const silent = new Set<string>();
  let unknowns = 0;
  let crashes = 0;
  let silences = 0;
  let wrongClocks = 0;

  const heldBy = (sandbox: string) =>
    [...claims].filter(([id, claim]) => claim.sandbox === sandbox && touches.get(id)?.state === "claimed").length;

  return {
    onSender(sandbox: Sandbox): void {
      senders.set(sandbox.name, sandbox);
      // One for each touch that it was about to call with, or had called with.
      sandbox.onHalt(() => {
        crashes += heldBy(sandbox.name);
      });
    },
    onStrike({ name }: Sandbox): void {
      struckAt.set(name, now());
    },
    onClaim({ id }: Touch, sandbox: string): void {
      claims.set(id, { sandbox, at: now() });
      // What the dead, or one who stands still, had sent arrives.
      const sender = senders.get(sandbox);
      if (sender && (!sender.alive || sender.asleepMs() > 0)) crashes++;
    },
    onSilence({ touchId }: ProviderCall): void {
      silent.add(touchId);
      silences++;
      count("provider time-outs", 1);
    },
    holderOf: (touchId: string) => claims.get(touchId)?.sandbox,

    onUnknown({ id, reason }: Touch): void {
      unknowns++;
      const claim = claims.get(id);
      const isDead = claim !== undefined && senders.get(claim.sandbox)?.alive !== true;
      const isStruck = isDead || (claim !== undefined && (struckAt.get(claim.sandbox) ?? -1) >= claim.at - READ_MS);
      // A clock that is ahead by more than a lease finds every lease over.
      const isOverByClock = claim !== undefined && now() < claim.at + LEASE_MS;
      if (isOverByClock && !silent.has(id)) wrongClocks++;
      // The provider of messages in the app is a table of ours, which did not answer.
      if (reason === "store_unavailable" && isStruck) silences++;
      if (!silent.has(id) && !isStruck && !isOverByClock)
        complain("unknown", `${id} is unknown (${reason}), and nothing went wrong`);
    },

    check(): void {
      count("crashes of senders, by touch", crashes);
      count("touches taken over by a wrong clock", wrongClocks);
      if (unknowns > crashes + silences + wrongClocks)
        complain(
          "unknown-sum",
          `${unknowns} touches are unknown, with ${crashes} crashes, ${silences} time-outs and ${wrongClocks} wrong clocks`,
        );
    },
  };
}
