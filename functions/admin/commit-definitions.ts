import type { Bundle } from "#domain/definitions/bundle.ts";
import { type CompiledBundle, compileBundle } from "#domain/definitions/compile-bundle.ts";
import type { StartedRun } from "#events/admin-api/retier.ts";
import { AdminError } from "./admin-error.ts";
import { auditChange } from "./audit-change.ts";
import { authoriseSecrets } from "./authorise-secrets.ts";
import type { AdminPorts } from "./ports.ts";
import { retierAfterChange } from "./retier-after-change.ts";
import type { Actor } from "./route.ts";

/** Writers of definitions are few; losing this many races in a row means something else is wrong. */
const MAX_ATTEMPTS = 8;

/** What a caller makes of the bundle in force. `bundle` is the very one that came in where nothing changes. */
export interface PlannedChange<Plan> {
  readonly bundle: Bundle;
  readonly plan: Plan;
  /** `tag/frequent-buyer`, for the log and the audit. */
  readonly changed: readonly string[];
  /** What led to it, where the names alone do not tell. */
  readonly reason?: string;
}

/** Plans a change against the definitions in force and commits it if they are still in force, planning anew where
 *  another writer was faster. Audited if it changes anything; a change that can change answers starts a re-tiering run.
 *  Throws what `plan` throws, AdminError 403 `role_too_weak`, 409 `setting_frozen`, or 503 `definitions_busy`. */
export async function commitDefinitions<Plan>(
  by: { actor: Actor; requestId: string; now: number },
  action: string,
  ports: AdminPorts,
  plan: (inForce: Bundle) => PlannedChange<Plan>,
): Promise<PlannedChange<Plan> & { readonly run?: StartedRun }> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const inForce = await ports.definitions.current();
    const planned = plan(inForce);
    if (planned.bundle === inForce) return planned;
    authoriseSecrets(by.actor, inForce, planned.bundle);
    await refuseFrozenSettings(compileBundle(inForce), compileBundle(planned.bundle), ports);
    if (!(await commitOnce(by, action, ports, planned))) continue;
    const change = { before: inForce, after: planned.bundle, changed: planned.changed };
    const run = await retierAfterChange(by.actor.name, change, ports);
    return { ...planned, ...(run && { run }) };
  }
  throw new AdminError(503, "definitions_busy", "others kept changing the definitions; try again", {
    headers: { "retry-after": "1" },
  });
}

/** False where another writer was faster. */
async function commitOnce(
  by: { actor: Actor; requestId: string; now: number },
  action: string,
  ports: AdminPorts,
  { bundle, changed, reason }: PlannedChange<unknown>,
): Promise<boolean> {
  const lost = new AdminError(409, "definitions_changed_meanwhile", "another writer was faster");
  const target = changed.length === 1 ? (changed[0] ?? "") : `${changed.length} definitions`;
  const why = reason === undefined ? {} : { reason };
  const details = { version: bundle.version, changed, ...why };
  try {
    return await auditChange(by, { action, target, details }, ports, async () => {
      const note = { at: by.now, by: by.actor.name, changes: changed, ...why };
      if ((await ports.definitions.commit(bundle, note)) === "conflict") throw lost;
      return { result: true };
    });
  } catch (error) {
    if (error === lost) return false;
    throw error;
  }
}

/** Days and amounts in profiles are already in the project's time zone and currency: neither can change under them. */
export async function refuseFrozenSettings(
  before: CompiledBundle,
  after: CompiledBundle,
  ports: Pick<AdminPorts, "profiles">,
): Promise<void> {
  const frozen = (["timeZone", "currency"] as const).filter((name) => before.project[name] !== after.project[name]);
  if (frozen.length === 0 || !(await anyProfile(ports))) return;
  throw new AdminError(409, "setting_frozen", `${frozen.join(" and ")} can change only while no profile exists`, {
    details: {
      faults: frozen.map((path) => ({
        path,
        code: "setting_frozen",
        message: `is ${before.project[path]} and people's days and amounts depend on it`,
      })),
    },
  });
}

async function anyProfile({ profiles }: Pick<AdminPorts, "profiles">): Promise<boolean> {
  let cursor: string | undefined;
  do {
    const page = await profiles.scan({ segment: 0, segments: 1, ...(cursor !== undefined && { cursor }) });
    if (page.profiles.length > 0) return true;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return false;
}
