import type { Route } from "./route.ts";
import { applyChanges, rotateSourceKey } from "./routes/change-sets.ts";
import { deleteDefinition, getDefinition, listDefinitions, putDefinition } from "./routes/definitions.ts";
import { getProfile, getProfileByIdentifier } from "./routes/profiles.ts";

/** Every route of the administration API, in the order in which the document shows them. */
export const routes: readonly Route[] = [
  getProfileByIdentifier,
  getProfile,
  listDefinitions,
  getDefinition,
  putDefinition,
  deleteDefinition,
  applyChanges,
  rotateSourceKey,
];
