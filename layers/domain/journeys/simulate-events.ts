import { collectCall } from "#domain/collect/collect-call.ts";
import type { RefusalCode } from "#domain/collect/refusals.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { ProfileState } from "#domain/profile/state.ts";
import { splitIdentifier } from "#domain/profile/view.ts";
import type { CollectedEvent, Identifier } from "#events/collected-event.ts";

/** What stands for people of whom no identifier is known. */
const NOBODY: Identifier = ["userId", "simulation"];

/** Collection would not take an event of the simulation. */
export class SimulatedEventError extends Error {
  override readonly name = "SimulatedEventError";
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A call as a server sends it. */
export interface SimulatedCall {
  readonly type: "track" | "identify";
  readonly event?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly traits?: Readonly<Record<string, unknown>>;
  readonly externalIds?: readonly { readonly type: string; readonly id: string }[];
}

/** An event of the simulation as collection stamps it at an instant: amounts, orders and consents are read as always.
 *  `n` tells it from the others. Throws SimulatedEventError. */
export function simulateEvent(call: SimulatedCall, at: number, n: number, bundle: CompiledBundle): CollectedEvent {
  const { externalIds = [], ...said } = call;
  const outcome = collectCall(
    { ...said, userId: NOBODY[1], timestamp: new Date(at).toISOString(), context: { externalIds } },
    { wire: "segment", source: { name: "simulation", type: "server", public: false }, receivedAt: at },
    bundle,
    { newId: () => `simulation:${n}`, geo: { find: () => undefined } },
  );
  if (outcome.kind === "refused") throw new SimulatedEventError(outcome.code, outcome.message);
  return outcome.event;
}

/** The event as this person's: what it says of identifiers beside the placeholder stays. */
export function eventOf(
  event: CollectedEvent,
  { identifiers: known }: Pick<ProfileState, "identifiers">,
): CollectedEvent {
  const said = event.identifiers.filter(([type, value]) => type !== NOBODY[0] || value !== NOBODY[1]);
  const [first] = known.keys();
  const { type, value } = splitIdentifier(first ?? NOBODY.join(":"));
  return { ...event, identifiers: said.length > 0 ? said : [[type, value]] };
}
