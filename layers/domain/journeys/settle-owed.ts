import type { StoredRun } from "#domain/ports/run-store.ts";
import type { JourneyPorts } from "./journey-ports.ts";
import { requestTouch } from "./request-touch.ts";
import { setTag } from "./set-tag.ts";
import { storedOf } from "./stored-run.ts";
import type { Visit } from "./visit.ts";

/** Does what a run has decided, and writes that it is done: like a profile's outbox. Only what is stored as decided is
 *  ever done, so that of two workers who walk a run at once the slower one has no effect. Each part is safe to do again.
 *  Undefined where another worker wrote the run meanwhile. */
export async function settleOwed(
  ports: JourneyPorts,
  visit: Visit,
  { run, revision }: StoredRun,
): Promise<StoredRun | undefined> {
  const { owed = [], ...settled } = run;
  for (const effect of owed) {
    if (effect.kind === "touch") await requestTouch(ports, visit, run, effect);
    else await setTag(ports, run.profileId, effect, `journey ${run.journey}`);
  }
  const next = storedOf(settled, revision + 1);
  if ((await ports.runs.save(next)) === "conflict") return undefined;
  visit.runs.set(run.id, next);
  return next;
}
