import type { ProfileState } from "#domain/profile/state.ts";
import type { Acquisition, Device, Place, Wanted } from "#events/rule/leaves.ts";
import type { CompiledLeaf, CompileLeaf } from "../leaf.ts";
import { ALWAYS, NEVER } from "../verdict.ts";

type Fields = Readonly<Record<string, string | undefined>>;

/** Leaves that read one register of the state: every field asked for must be one of the values wanted. */
function compileRegister(
  wants: Readonly<Record<string, Wanted | null | undefined>>,
  read: (state: ProfileState) => Fields | undefined,
): CompiledLeaf {
  const tests = Object.entries(wants).flatMap(([field, wanted]) =>
    wanted === undefined || wanted === null ? [] : [{ field, isWanted: compileWanted(wanted) }],
  );
  return {
    judge({ state }) {
      const fields = read(state);
      if (fields === undefined) return NEVER;
      return tests.every(({ field, isWanted }) => isWanted(fields[field])) ? ALWAYS : NEVER;
    },
    seen: ({ state }) => {
      const fields = read(state);
      return fields && Object.fromEntries(tests.map(({ field }) => [field, fields[field] ?? null]));
    },
  };
}

function compileWanted(wanted: Wanted): (value: string | undefined) => boolean {
  if (typeof wanted === "string") return (value) => value === wanted;
  const values = new Set<string | undefined>(wanted);
  return (value) => values.has(value);
}

export const compilePlace: CompileLeaf<Place> = (place) => compileRegister(place, (state) => state.place?.value);

export const compileDevice: CompileLeaf<Device> = (device) => compileRegister(device, (state) => state.device?.value);

/** A field that is named without a value takes those of `in`. */
export const compileAcquisition: CompileLeaf<Acquisition> = ({ first, last, in: listed }) => {
  const touch = first ?? last ?? {};
  const fields = typeof touch === "string" ? { [touch]: null } : touch;
  const wants = Object.fromEntries(Object.entries(fields).map(([field, wanted]) => [field, wanted ?? listed]));
  return compileRegister(wants, (state) =>
    first === undefined ? state.lastAcquisition?.value : state.firstAcquisition?.value,
  );
};
