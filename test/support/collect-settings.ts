import { collectCall } from "#domain/collect/collect-call.ts";
import type { CollectionSettings, Reception } from "#domain/collect/collection-settings.ts";
import { makeIdentityRank } from "#domain/definitions/identity-settings.ts";
import type { CollectedEvent } from "#events/collected-event.ts";

export const RECEIVED_AT = Date.UTC(2026, 10, 22, 12);

export const SETTINGS: CollectionSettings = {
  project: { currency: "USD", region: "US", rates: {}, identityTypes: [] },
  calendar: { dayOf: (at) => Math.floor(at / 86_400_000) },
  traits: new Map(),
  identityRank: makeIdentityRank([]),
};

export function receive(fields: Partial<Reception> = {}): Reception {
  return {
    wire: "segment",
    source: { name: "shop", type: "server", public: false },
    receivedAt: RECEIVED_AT,
    ...fields,
  };
}

export const PUBLIC = receive({ source: { name: "shop", type: "web", public: true } });
export const SENSORS = receive({ wire: "sensors" });

const tools = { newId: () => "made", geo: { find: (ip: string) => ({ country: ip }) } };

/** The outcome of one call: its code where it is refused. */
export function collect(call: unknown, reception = receive(), settings = SETTINGS) {
  return collectCall(call, reception, settings, tools);
}

/** The event of a call that is accepted. */
export function accept(call: unknown, reception = receive(), settings = SETTINGS): CollectedEvent {
  const outcome = collect(call, reception, settings);
  if (outcome.kind === "refused") throw new Error(outcome.code);
  return outcome.event;
}
