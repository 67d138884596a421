import type { TraitMode, TraitWriteMode } from "#events/collected-event.ts";
import { earlierOf, laterOf, stamp } from "./registers.ts";
import type { Stamp, TraitState } from "./state.ts";

/** One unit of an added trait: ten-thousandths, so that every sum is an integer. */
const ADD_SCALE = 10_000;
/** Values that an appended trait keeps; which go beyond it is by order of text, so that any order of writes agrees. */
const MAX_APPENDED = 100;

/** Writes `value` into a trait through `mode`. A value that a mode cannot take (a text to add) leaves the trait alone. */
export function writeTrait(
  trait: TraitState | undefined,
  mode: TraitWriteMode,
  value: unknown,
  by: Stamp,
): TraitState | undefined {
  const written = traitWrite(mode, value, by);
  return written ? mergeTraits(trait ?? {}, written) : trait;
}

function traitWrite(mode: TraitWriteMode, value: unknown, by: Stamp): TraitState | undefined {
  switch (mode) {
    case "overwrite":
      return { overwrite: stamp(value, by) };
    case "setOnce":
      return { setOnce: { ...stamp(value, by), newestAt: by.at } };
    case "add": {
      const sum = typeof value === "number" ? Math.round(value * ADD_SCALE) : Number.NaN;
      return Number.isSafeInteger(sum) ? { add: { sum, newestAt: by.at } } : undefined;
    }
    case "append": {
      const values = (Array.isArray(value) ? value : [value]).filter((item) => item !== null).map(appendable);
      return { append: { values: new Set(values), newestAt: by.at } };
    }
    case "unset":
      return { unsetAt: by.at };
    default:
      return mode satisfies never;
  }
}

/** Appended values are kept as JSON, so that 1 and "1" stay two values. */
function appendable(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}

/** Merges two writings of one trait, component by component. Commutative and associative. */
export function mergeTraits(a: TraitState, b: TraitState): TraitState {
  const overwrite = laterOf(a.overwrite, b.overwrite);
  const first = earlierOf(a.setOnce, b.setOnce);
  const unsetAt = Math.max(a.unsetAt ?? -Infinity, b.unsetAt ?? -Infinity);
  return {
    ...(overwrite && { overwrite }),
    ...(first && { setOnce: { ...first, newestAt: newest(a.setOnce, b.setOnce) } }),
    ...((a.add || b.add) && {
      add: { sum: (a.add?.sum ?? 0) + (b.add?.sum ?? 0), newestAt: newest(a.add, b.add) },
    }),
    ...((a.append || b.append) && {
      append: {
        values: appendedUnion(a.append?.values, b.append?.values),
        newestAt: newest(a.append, b.append),
      },
    }),
    ...(unsetAt > -Infinity && { unsetAt }),
  };
}

function newest(a: { newestAt: number } | undefined, b: { newestAt: number } | undefined): number {
  return Math.max(a?.newestAt ?? -Infinity, b?.newestAt ?? -Infinity);
}

function appendedUnion(a: ReadonlySet<string> = new Set(), b: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  const union = a.union(b);
  return union.size <= MAX_APPENDED ? union : new Set([...union].toSorted().slice(0, MAX_APPENDED));
}

/** The value of a trait as everyone sees it, undefined if it has none or was unset. The declared `mode` decides which
 *  component speaks; a component that nothing was written through falls back to the others. */
export function readTrait(trait: TraitState, mode: TraitMode = "overwrite"): unknown {
  const { unsetAt = -Infinity } = trait;
  const readable: Record<TraitMode, unknown> = {
    overwrite: trait.overwrite && trait.overwrite.at > unsetAt ? trait.overwrite.value : undefined,
    setOnce: trait.setOnce && trait.setOnce.newestAt > unsetAt ? trait.setOnce.value : undefined,
    add: trait.add && trait.add.newestAt > unsetAt ? trait.add.sum / ADD_SCALE : undefined,
    append:
      trait.append && trait.append.newestAt > unsetAt
        ? [...trait.append.values].toSorted().map((json) => JSON.parse(json) as unknown)
        : undefined,
  };
  const value = readable[mode] ?? readable.overwrite ?? readable.setOnce ?? readable.add ?? readable.append;
  return value ?? undefined;
}

/** When the trait was last written. */
export function traitWrittenAt(trait: TraitState): number {
  return Math.max(
    trait.overwrite?.at ?? -Infinity,
    trait.setOnce?.newestAt ?? -Infinity,
    trait.add?.newestAt ?? -Infinity,
    trait.append?.newestAt ?? -Infinity,
    trait.unsetAt ?? -Infinity,
  );
}
