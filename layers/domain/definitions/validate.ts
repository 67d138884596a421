import { Definition, DefinitionKind } from "#events/definitions/index.ts";
import { type Fault, faultsOf } from "./faults.ts";

export type { Fault } from "./faults.ts";
export { validateBundle } from "./validate-bundle.ts";

/** Faults that one answer lists. */
const MAX_FAULTS = 100;

export type Validation =
  | { readonly ok: true; readonly definition: Definition }
  | { readonly ok: false; readonly faults: Fault[] };

/** Checks one definition by itself: shape, bounds, windows. What it says of other definitions is `validateBundle`'s.
 *  Never throws, whatever the input. */
export function validateDefinition(input: unknown): Validation {
  const unreadable = checkReadable(input);
  if (unreadable) return { ok: false, faults: [unreadable] };
  const result = Definition.safeParse(input);
  return result.success
    ? { ok: true, definition: result.data }
    : { ok: false, faults: faultsOf(result.error).slice(0, MAX_FAULTS) };
}

function checkReadable(input: unknown): Fault | undefined {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return { path: "", code: "wrong_type", message: "a definition is an object" };
  }
  const { kind } = input as { kind?: unknown };
  if (kind === undefined) return { path: "kind", code: "missing", message: "kind is needed" };
  if (!DefinitionKind.safeParse(kind).success) {
    const message = `kind is one of ${DefinitionKind.options.join(", ")}`;
    return { path: "kind", code: "definition_kind_unsupported", message };
  }
  return undefined;
}
