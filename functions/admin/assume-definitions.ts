import { type CompiledBundle, compileBundle } from "#domain/definitions/compile-bundle.ts";
import type { CompiledJourney } from "#domain/journeys/compile-journey.ts";
import type { DefinitionChange } from "#events/admin-api/definitions.ts";
import { AdminError } from "./admin-error.ts";
import { planChanges } from "./plan-changes.ts";
import type { AdminPorts } from "./ports.ts";

export interface Assumed {
  readonly bundle: CompiledBundle;
  readonly journey: CompiledJourney;
  /** Null: the journey is not in force as it is here. */
  readonly version: number | null;
}

/** The definitions in force with those that are to be assumed, and a journey of them. Nothing is written. Throws
 *  AdminError 400 `definition_invalid`, 404 `journey_unknown`. */
export async function assumeDefinitions(
  name: string,
  body: {
    readonly definition?: { readonly name: string } | undefined;
    readonly changes?: readonly DefinitionChange[] | undefined;
  },
  ports: Pick<AdminPorts, "definitions" | "inForce" | "randomSecret" | "now">,
): Promise<Assumed> {
  const { definition, changes = [] } = body;
  if (definition && definition.name !== name) throw otherName(name, definition.name);
  const asked: DefinitionChange[] = [
    ...changes,
    ...(definition ? [{ op: "put" as const, kind: "journey", name, definition }] : []),
  ];
  const inForce = await ports.inForce();
  const bundle =
    asked.length === 0 ? inForce : compileBundle(planChanges(await ports.definitions.current(), asked, ports).bundle);
  const journey = findJourney(name, bundle);
  const isInForce = inForce.journeys.some((one) => one.name === name && one.version === journey.version);
  return { bundle, journey, version: isInForce ? journey.version : null };
}

/** The journey of this name. Throws AdminError 404 `journey_unknown`, naming those that there are. */
export function findJourney(name: string, { journeys }: Pick<CompiledBundle, "journeys">): CompiledJourney {
  const found = journeys.find((journey) => journey.name === name);
  if (found) return found;
  throw new AdminError(404, "journey_unknown", `there is no journey ${JSON.stringify(name)}`, {
    details: { journeys: journeys.map((journey) => journey.name) },
  });
}

function otherName(name: string, given: string): AdminError {
  const message = `the address says ${name}, the definition ${given}`;
  return new AdminError(400, "definition_invalid", message, {
    details: { faults: [{ path: "definition.name", code: "name_mismatch", message }] },
  });
}
