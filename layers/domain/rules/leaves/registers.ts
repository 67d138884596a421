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
    wanted === undefined || wanted === null ? [] : [{ field, values: new Set([wanted].flat()) }],
  );
  return {
    judge({ state }) {
      const fields = read(state);
      if (fields === undefined) return NEVER;
      for (const { field, values } of tests) {
        const value = fields[field];
        if (value === undefined || !values.has(value)) return NEVER;
      }
      return ALWAYS;
    },
    seen: ({ state }) => {
      const fields = read(state);
      return fields && Object.fromEntries(tests.map(({ field }) => [field, fields[field] ?? null]));
    },
  };
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
