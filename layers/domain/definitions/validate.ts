import { Definition, DefinitionKind } from "#events/definitions/index.ts";
import { type Fault, faultsOf } from "./faults.ts";

export type { Fault } from "./faults.ts";
export { validateBundle } from "./validate-bundle.ts";

/** Faults that one answer lists. */
const MAX_FAULTS = 100;
/** A list of a thousand values of a hundred characters fits twice; what is larger is a mistake, or an attack. */
const MAX_CHARACTERS = 256 * 1024;
const TOO_LARGE = `more than ${MAX_CHARACTERS.toLocaleString("en-GB")} characters`;

export type Validation =
  | { readonly ok: true; readonly definition: Definition }
  | { readonly ok: false; readonly faults: Fault[] };

/** Checks one definition by itself: shape, bounds, windows. What it says of other definitions is `validateBundle`'s.
 *  Never throws, whatever the input. */
export function validateDefinition(input: unknown): Validation {
  const unreadable = checkReadable(input);
  if (unreadable) return { ok: false, faults: [unreadable] };
  const result = Definition.safeParse(input);
  if (!result.success) return { ok: false, faults: faultsOf(result.error).slice(0, MAX_FAULTS) };
  if (isLarge(result.data)) {
    return { ok: false, faults: [{ path: "", code: "definition_too_large", message: TOO_LARGE }] };
  }
  return { ok: true, definition: result.data };
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

/** Counts without recursion and stops at the bound, however large or deep the input is. */
function isLarge(input: object): boolean {
  const waiting: unknown[] = [input];
  let size = 0;
  while (waiting.length > 0 && size <= MAX_CHARACTERS) {
    const node = waiting.pop();
    size += typeof node === "string" ? node.length : 4;
    if (typeof node !== "object" || node === null) continue;
    for (const [key, value] of Object.entries(node)) {
      size += Array.isArray(node) ? 1 : key.length;
      if (size > MAX_CHARACTERS) break;
      waiting.push(value);
    }
  }
  return size > MAX_CHARACTERS;
}
