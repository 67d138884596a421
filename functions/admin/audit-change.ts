import type { AuditEntry } from "#domain/ports/audit-store.ts";
import { AdminError } from "./admin-error.ts";
import type { AdminPorts } from "./ports.ts";
import type { Actor } from "./route.ts";

/** Makes a change and records who made it. The entry is written before the change, so no change can escape it, and
 *  again with the outcome. `details` are names and counts, never secrets. */
export async function auditChange<Result>(
  by: { actor: Actor; requestId: string; now: number },
  what: { action: string; target: string; details?: unknown },
  ports: Pick<AdminPorts, "audit" | "randomId">,
  change: () => Promise<{ result: Result; details?: unknown }>,
): Promise<Result> {
  const entry: AuditEntry = {
    id: ports.randomId(),
    at: by.now,
    actor: by.actor.name,
    role: by.actor.role,
    ...what,
    requestId: by.requestId,
    outcome: "attempted",
  };
  await ports.audit.record(entry);
  try {
    const { result, details } = await change();
    await ports.audit.record({ ...entry, outcome: "done", ...(details !== undefined && { details }) });
    return result;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "internal";
    // Only a refusal of ours says that nothing was changed; after any other error nobody knows.
    const outcome = error instanceof AdminError ? "failed" : "attempted";
    await ports.audit.record({ ...entry, outcome, details: { code } });
    throw error;
  }
}
