import type { WorldName } from "../population.ts";

/** A bug that the simulator must find: changes of the product's text. */
export interface PlantedBug {
  readonly name: string;
  readonly patches: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
  /** The world in which it is looked for; all of them if absent. */
  readonly world?: WorldName;
}
