import type { Bundle } from "#domain/definitions/bundle.ts";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { startRun } from "#domain/retier/start-run.ts";
import type { StartedRun } from "#events/admin-api/retier.ts";
import type { AdminPorts } from "./ports.ts";
import { runPortsOf } from "./run-ports.ts";

/** What answers rest on. Of the settings only those that days and amounts are counted by do. */
const DECIDING_KINDS = new Set(["tag", "segment", "ladder", "trait"]);

/** Starts a run over everyone where a change of definitions can change an answer. It begins when every function has had
 *  time to read the definitions anew. The change stands whether or not the run could be started: where it could not, the
 *  nightly one does its work. */
export async function retierAfterChange(
  by: string,
  { before, after, changed }: { readonly before: Bundle; readonly after: Bundle; readonly changed: readonly string[] },
  ports: AdminPorts,
): Promise<StartedRun | undefined> {
  const decides = changed.some((id) => DECIDING_KINDS.has(id.split("/", 1)[0] ?? ""));
  if (!decides && !keepsMore(after) && !countsAnew(before, after)) return undefined;
  try {
    const delayMs = 2 * ports.definitionsMaxAgeMs;
    return await startRun(runPortsOf(ports), { reason: "definitions", by, delayMs });
  } catch (error) {
    ports.logError("retier_not_started", error, { version: after.version });
    return undefined;
  }
}

/** Rules of journeys decide no membership, but what they count is to be filled from the behaviour log. */
function keepsMore({ version, definitions }: Bundle): boolean {
  return definitions.some(
    ({ kind, features = [] }) => kind === "journey" && features.some((f) => f.version === version),
  );
}

function countsAnew(before: Bundle, after: Bundle): boolean {
  const [was, is] = [compileBundle(before).project, compileBundle(after).project];
  return was.timeZone !== is.timeZone || was.currency !== is.currency;
}
