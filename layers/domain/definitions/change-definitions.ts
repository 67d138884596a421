import type { DefinitionChange, DefinitionDiff } from "#events/admin-api/definitions.ts";
import type { Bundle, StoredDefinition } from "./bundle.ts";
import { canonicalJson } from "./canonical-json.ts";
import { ruleSettingsOf } from "./compile-bundle.ts";
import { recordFeatures } from "./feature-records.ts";
import { type Fault, validateBundle, validateDefinition } from "./validate.ts";

/** A fault of a change set: which of the changes has it, and where. Without `change`, it is one of the whole. */
export interface ChangeFault extends Fault {
  readonly change?: number;
  readonly kind?: string;
  readonly name?: string;
}

export type ChangedDefinitions =
  | {
      readonly ok: true;
      /** The next version; the very bundle that came in where nothing changes. */
      readonly bundle: Bundle;
      readonly diffs: readonly DefinitionDiff[];
    }
  | { readonly ok: false; readonly faults: readonly ChangeFault[] };

/** Applies a change set to a bundle, whole or not at all; thresholds stay as they are. Doing it twice changes nothing more. `makeKey` gives a new
 *  source its write key and the hash that is kept of it; `at` is now. Pure. */
export function changeDefinitions(
  bundle: Bundle,
  changes: readonly DefinitionChange[],
  makeKey: () => { key: string; hash: string },
  at: number,
): ChangedDefinitions {
  const version = bundle.version + 1;
  const next = new Map(bundle.definitions.map((stored) => [idOf(stored), stored]));
  const diffs: DefinitionDiff[] = [];
  const faults: ChangeFault[] = [];
  const touched = new Set<string>();

  for (const [change, { kind, name, ...rest }] of changes.entries()) {
    const id = idOf({ kind, name });
    const before = next.get(id);
    if (touched.has(id)) {
      faults.push({ change, kind, name, path: "", code: "change_duplicate", message: `${id} is changed twice` });
      continue;
    }
    touched.add(id);
    if (rest.op === "remove") {
      next.delete(id);
      diffs.push({ kind, name, ...(before ? { op: "remove", before: before.definition } : { op: "unchanged" }) });
      continue;
    }
    const read = readDefinition(kind, name, rest.definition);
    if (!read.ok) {
      faults.push(...read.faults.map((fault) => ({ change, kind, name, ...fault })));
      continue;
    }
    const after = read.definition;
    if (before && canonicalJson(before.definition) === canonicalJson(after)) {
      diffs.push({ kind, name, op: "unchanged" });
      continue;
    }
    const made = kind === "source" && !before ? makeKey() : undefined;
    const keyHash = made?.hash ?? before?.keyHash;
    next.set(id, { kind, name, version, definition: after, ...(keyHash !== undefined && { keyHash }) });
    diffs.push({
      kind,
      name,
      ...(before ? { op: "replace", before: before.definition } : { op: "create" }),
      after,
      ...(made && { writeKey: made.key }),
    });
  }

  if (faults.length > 0) return { ok: false, faults };
  if (diffs.every(({ op }) => op === "unchanged")) return { ok: true, bundle, diffs };
  const definitions = [...next.values()].toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const crossFaults = validateBundle(definitions);
  if (crossFaults.length > 0) return { ok: false, faults: crossFaults };
  const recorded = recordFeatures(bundle.definitions, definitions, { version, at }, ruleSettingsOf(definitions));
  return { ok: true, bundle: { ...bundle, version, definitions: recorded }, diffs };
}

/** Gives a source a new key hash. Undefined where there is no such source. */
export function rotateKey(bundle: Bundle, name: string, keyHash: string): Bundle | undefined {
  const version = bundle.version + 1;
  let found = false;
  const definitions = bundle.definitions.map((stored) => {
    if (stored.kind !== "source" || stored.name !== name) return stored;
    found = true;
    return { ...stored, version, keyHash };
  });
  return found ? { ...bundle, version, definitions } : undefined;
}

/** Parses what an author wrote. `kind` and `name` may be left out, but not contradict. */
function readDefinition(
  kind: string,
  name: string,
  written: unknown,
): { ok: true; definition: unknown } | { ok: false; faults: Fault[] } {
  const isObject = typeof written === "object" && written !== null && !Array.isArray(written);
  const given: unknown = isObject ? { kind, name, ...written } : written;
  const faults: Fault[] = [];
  if (isObject) {
    const own = given as { kind: unknown; name: unknown };
    if (own.kind !== kind) faults.push(contradiction("kind", own.kind, kind));
    if (own.name !== name) faults.push(contradiction("name", own.name, name));
  }
  if (faults.length > 0) return { ok: false, faults };
  const result = validateDefinition(given);
  // As JSON, because that is how it is stored and compared: a key that is undefined is no key.
  return result.ok ? { ok: true, definition: JSON.parse(JSON.stringify(result.definition)) as unknown } : result;
}

function contradiction(path: string, found: unknown, expected: string): Fault {
  return { path, code: "definition_contradicts", message: `is ${JSON.stringify(found)} where ${expected} is changed` };
}

function idOf({ kind, name }: Pick<StoredDefinition, "kind" | "name">): string {
  return `${kind}/${name}`;
}
