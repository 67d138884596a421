import type { MemoryDynamo } from "../../../support/memory-dynamo.ts";
import type { MemorySqs } from "../../../support/memory-sqs.ts";
import type { Journal } from "../../checks/journal.ts";
import type { Cast } from "../cast.ts";
import type { ProviderCall } from "../network/provider-call.ts";
import { openPlaces } from "./places.ts";
import { watchLimits } from "./watch-limits.ts";
import { watchRefusals } from "./watch-refusals.ts";
import { watchRuns } from "./watch-runs.ts";
import { watchTouches } from "./watch-touches.ts";

export type MessageWatch = Awaited<ReturnType<typeof openWatch>>;

/** The laws of messages, watched from the side of the stores and of the providers. */
export async function openWatch(on: {
  journal: Journal;
  dynamo: MemoryDynamo;
  sqs: MemorySqs;
  cast: Cast;
  now: () => number;
  count: (metric: string, n: number) => void;
}) {
  const { journal, cast, count } = on;
  const complain = (law: string, what: string) => void journal.violations.push({ law, what });
  const placeOf = await openPlaces();
  const of = { ...on, placeOf, complain, channels: cast.channels };
  const touches = watchTouches(of);
  const runs = watchRuns(of);
  const refusals = watchRefusals(of);
  const limits = watchLimits(of);
  return {
    complain,
    placeOf,
    touches,
    refusals,
    onCall(call: ProviderCall): void {
      count("provider calls", 1);
      touches.onCall(call);
      refusals.onCall(call);
      limits.onCall(call);
    },
    /** What has not come to its end yet. */
    open: () => [...touches.open(), ...runs.open()],
    check(): void {
      for (const what of [...touches.open(), ...runs.open()]) complain("open", what);
      runs.check();
      touches.check(runs.all());
      limits.check(touches.taken());
    },
  };
}
