import { createHash } from "node:crypto";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { type CompiledMembership, keysOf } from "#domain/definitions/compile-membership.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import type { MembershipKey, Profile, ProfileId } from "#domain/profile/state.ts";
import type { CompiledRule } from "#domain/rules/compile.ts";
import { ALWAYS, NEVER } from "#domain/rules/verdict.ts";
import type { InventedPerson } from "#events/admin-api/simulation.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { stepDurationMs } from "#events/definitions/journey/step-duration.ts";
import { eventOf, type SimulatedCall, simulateEvent } from "./simulate-events.ts";
import { personAfter } from "./simulate-person.ts";

const DAY_MS = 24 * 3_600_000;

/** A key that nobody can be said to have. */
export class MembershipUnknownError extends Error {
  override readonly name = "MembershipUnknownError";
  readonly code = "membership_unknown";
  readonly key: string;
  constructor(key: string) {
    super(`no tag, segment or tier is called ${key}`);
    this.key = key;
  }
}

/** Makes a person up, as of the start of a simulation: everything is said by events, so that it counts as it would.
 *  Throws SimulatedEventError. */
export function inventPerson(invented: InventedPerson, startAt: number, bundle: CompiledBundle): Profile {
  const nobody: Profile = {
    id: idOf(invented),
    version: 1,
    createdAt: startAt,
    state: emptyState(),
    memberships: new Map(),
    bundleVersion: bundle.version,
    reviewAt: Number.POSITIVE_INFINITY,
    outbox: [],
  };
  return historyOf(invented, startAt, bundle).reduce(
    (person, event) => personAfter(person, eventOf(event, person.state), startAt, bundle),
    nobody,
  );
}

/** People with other identifiers draw other arms. */
function idOf({ identifiers = {} }: InventedPerson): ProfileId {
  const hash = createHash("sha256").update(JSON.stringify(identifiers)).digest("hex");
  return `p_invented${hash.slice(0, 12)}` as ProfileId;
}

function historyOf(invented: InventedPerson, startAt: number, bundle: CompiledBundle): CollectedEvent[] {
  const { identifiers = {}, traits = {}, consent = {}, orders = [], events = [] } = invented;
  const externalIds = Object.entries(identifiers).map(([type, id]) => ({ type, id }));
  const ago = (text: string) => startAt - stepDurationMs(text);
  const calls: [at: number, call: SimulatedCall][] = [
    [startAt - DAY_MS, { type: "identify", traits, externalIds }],
    ...Object.entries(consent).map(([key, granted]): [number, SimulatedCall] => {
      const [purpose, channel] = key.split(".");
      return [startAt - DAY_MS, track("Consent Updated", { purpose, channel, granted })];
    }),
    ...orders.map(({ ago: text, revenue, properties }, n): [number, SimulatedCall] => [
      ago(text),
      track("Order Completed", { order_id: `invented-${n}`, ...(revenue !== undefined && { revenue }), ...properties }),
    ]),
    ...events.map(({ event, ago: text, properties }): [number, SimulatedCall] => [ago(text), track(event, properties)]),
  ];
  return calls.map(([at, call], n) => simulateEvent(call, at, n, bundle));
}

function track(event: string, properties: Readonly<Record<string, unknown>> = {}): SimulatedCall {
  return { type: "track", event, properties };
}

/** The definitions for a person who holds these keys whatever their rules say. Throws MembershipUnknownError. */
export function forceMemberships(bundle: CompiledBundle, keys: readonly string[]): CompiledBundle {
  if (keys.length === 0) return bundle;
  const forced = new Set(keys);
  for (const key of forced) {
    const known = bundle.memberships.some((one) => one.kind !== "valued" && keysOf(one).includes(key as MembershipKey));
    if (!known) throw new MembershipUnknownError(key);
  }
  const memberships = bundle.memberships.map((one) => force(one, forced));
  return { ...bundle, memberships };
}

function force(one: CompiledMembership, forced: ReadonlySet<string>): CompiledMembership {
  if (one.kind === "valued") return one;
  if (one.kind !== "ladder") return forced.has(one.key) ? { ...one, rule: constantRule(true) } : one;
  if (!one.tiers.some(({ key }) => forced.has(key))) return one;
  const tiers = one.tiers.map((tier, n) =>
    n === one.tiers.length - 1 ? tier : { ...tier, rule: constantRule(forced.has(tier.key)) },
  );
  return { ...one, tiers, holdMs: 0 };
}

function constantRule(holds: boolean): CompiledRule {
  const evidence = { path: "assumed", holds, seen: holds, wants: {} };
  return {
    judge: () => (holds ? ALWAYS : NEVER),
    evaluate: () => ({ holds, until: Number.POSITIVE_INFINITY, because: [evidence] }),
  };
}
