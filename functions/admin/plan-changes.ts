import type { Bundle } from "#domain/definitions/bundle.ts";
import { type ChangeFault, changeDefinitions } from "#domain/definitions/change-definitions.ts";
import type { DefinitionChange, DefinitionDiff } from "#events/admin-api/definitions.ts";
import { AdminError } from "./admin-error.ts";
import { hashOf } from "./auth.ts";
import type { PlannedChange } from "./commit-definitions.ts";
import type { AdminPorts } from "./ports.ts";

/** Plans a change set on the bundle. Throws AdminError 400 `definition_invalid`, or the code of the only fault, with
 *  the path of every fault. */
export function planChanges(
  inForce: Bundle,
  changes: readonly DefinitionChange[],
  ports: Pick<AdminPorts, "randomSecret" | "now">,
): PlannedChange<readonly DefinitionDiff[]> {
  const changed = changeDefinitions(inForce, changes, () => makeWriteKey(ports), ports.now());
  if (changed.ok) {
    const names = changed.diffs.filter(({ op }) => op !== "unchanged").map(({ kind, name }) => `${kind}/${name}`);
    return { bundle: changed.bundle, plan: changed.diffs, changed: names };
  }
  throw refuseChanges(changed.faults);
}

/** The refusal of a change set, with the path of every fault. */
export function refuseChanges(faults: readonly ChangeFault[]): AdminError {
  const [first] = faults;
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  const message = `${count}, nothing was changed${first ? `; ${messageOf(first)}` : ""}`;
  return new AdminError(400, codeOf(faults), message, { details: { faults } });
}

/** Where all faults are of one kind the answer says so: `definition_cycle` helps more than `definition_invalid`. */
function codeOf(faults: readonly ChangeFault[]): string {
  const codes = new Set(faults.map(({ code }) => code));
  const [only = ""] = codes;
  return codes.size === 1 && only.startsWith("definition_") ? only : "definition_invalid";
}

function messageOf({ path, message }: ChangeFault): string {
  return path === "" ? message : `${path}: ${message}`;
}

/** A new write key, and the hash that is all we keep of it. */
export function makeWriteKey({ randomSecret }: Pick<AdminPorts, "randomSecret">): { key: string; hash: string } {
  const key = randomSecret("wk_");
  return { key, hash: hashOf(key).toString("hex") };
}
