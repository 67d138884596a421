import { ApiError } from "../api-client.ts";
import type { WrittenDefinition } from "./parse-file.ts";
import { definitionsFaulty } from "./read-folder.ts";
import { readServerFaults } from "./server-faults.ts";

/** Asks the server; its faults are shown where they are written. */
export async function withPlaces<Answer>(
  written: readonly WrittenDefinition[],
  ask: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    const faults = error instanceof ApiError ? readServerFaults(error.details, written) : [];
    throw faults.length > 0 ? definitionsFaulty(faults) : error;
  }
}
