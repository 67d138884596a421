import type { TraitWriteMode } from "#events/collected-event.ts";
import type { CollectionSettings } from "./collection-settings.ts";
import type { Flag } from "./flags.ts";
import type { JsonObject } from "./json-object.ts";

/** The traits to write and how: the call's own mode where it states one, else that of the trait's definition. Protected
 *  traits of public sources and values that a mode cannot take are left out, with a flag. Appended traits are lists. */
export function stampTraits(
  traits: JsonObject | undefined,
  writeMode: TraitWriteMode | undefined,
  isPublic: boolean,
  settings: CollectionSettings,
  flags: Set<Flag>,
): { traits?: Record<string, unknown>; traitModes?: Record<string, TraitWriteMode> } {
  if (traits === undefined) return {};
  const kept: [string, unknown][] = [];
  const modes: [string, TraitWriteMode][] = [];
  for (const [name, value] of Object.entries(traits)) {
    const definition = settings.traits.get(name);
    if (isPublic && definition?.protected === true) {
      flags.add("protected_trait_dropped");
      continue;
    }
    const mode = writeMode ?? definition?.mode ?? "overwrite";
    if (mode === "add" && typeof value !== "number") {
      flags.add("trait_type_mismatch");
      continue;
    }
    kept.push([name, mode === "append" && !Array.isArray(value) ? [value] : value]);
    if (mode !== "overwrite") modes.push([name, mode]);
  }
  return {
    ...(kept.length > 0 && { traits: Object.fromEntries(kept) }),
    ...(modes.length > 0 && { traitModes: Object.fromEntries(modes) }),
  };
}
