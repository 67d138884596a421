import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";
import type { Identifier } from "#events/collected-event.ts";
import { type LimitOf, type LinkRefusal, refuseIdentifiers } from "./link-limits.ts";
import { profileIdOf } from "./profile-id.ts";

interface Claimant {
  readonly identifiers: readonly Identifier[];
  readonly at: number;
}

/** What identity resolution has to do before a batch of events may be folded. */
export interface ClaimPlan {
  /** The person of each event's strongest identifier, in the order of the events. */
  readonly owners: readonly ProfileId[];
  /** Identifiers that each person must reserve, with the instant from which each is known. */
  readonly reservations: ReadonlyMap<ProfileId, ReadonlyMap<IdentifierKey, number>>;
  /** Index rows that are missing: who each identifier will point to. */
  readonly claims: ReadonlyMap<IdentifierKey, ProfileId>;
  /** Existing people that an event links to its owner; they wait for merging. */
  readonly links: ReadonlyMap<ProfileId, ReadonlySet<ProfileId>>;
  readonly refusals: readonly {
    readonly reason: LinkRefusal;
    readonly key: IdentifierKey;
    readonly owner: ProfileId;
  }[];
}

export function keyOf([type, value]: Identifier): IdentifierKey {
  return `${type}:${value}` as IdentifierKey;
}

/** What is known when claims are planned. */
export interface Known {
  /** The roots that identifiers point to. */
  readonly index: ReadonlyMap<IdentifierKey, ProfileId>;
  /** Of strongest identifiers that point nowhere: the person each would begin. */
  readonly origins: ReadonlyMap<IdentifierKey, ProfileId>;
  /** The identifiers that each of these people holds. */
  readonly people: ReadonlyMap<ProfileId, Iterable<IdentifierKey>>;
  readonly limitOf: LimitOf;
}

/** Plans the claims of a batch, event by event, as if each earlier one were already claimed (model.md §2, "Claim, then
 *  fold"). Pure. */
export function planClaims(events: readonly Claimant[], known: Known): ClaimPlan {
  const planner = new Planner(known);
  const owners = events.map((event) => planner.claim(event));
  return { owners, ...planner.plan() };
}

class Planner {
  readonly #index: Map<IdentifierKey, ProfileId>;
  readonly #origins: Known["origins"];
  readonly #held = new Map<ProfileId, Set<IdentifierKey>>();
  readonly #limitOf: LimitOf;
  readonly #reservations = new Map<ProfileId, Map<IdentifierKey, number>>();
  readonly #claims = new Map<IdentifierKey, ProfileId>();
  readonly #links = new Map<ProfileId, Set<ProfileId>>();
  readonly #refusals: ClaimPlan["refusals"][number][] = [];

  constructor({ index, origins, people, limitOf }: Known) {
    this.#index = new Map(index);
    this.#origins = origins;
    for (const [id, keys] of people) this.#held.set(id, new Set(keys));
    this.#limitOf = limitOf;
  }

  plan(): Omit<ClaimPlan, "owners"> {
    return {
      reservations: this.#reservations,
      claims: this.#claims,
      links: this.#links,
      refusals: this.#refusals,
    };
  }

  claim({ identifiers, at }: Claimant): ProfileId {
    const [strongest, ...rest] = identifiers.map(keyOf);
    if (strongest === undefined) throw new TypeError("an event without identifiers");
    const owner = this.#index.get(strongest) ?? this.#start(strongest, rest, at);
    for (const key of rest) this.#link(owner, key, at);
    return owner;
  }

  /** The strongest identifier is new: it joins the person of the next identifier that may hold it, or starts one. */
  #start(strongest: IdentifierKey, rest: readonly IdentifierKey[], at: number): ProfileId {
    const host = rest
      .map((key) => this.#index.get(key))
      .find((id) => id !== undefined && !refuseIdentifiers(this.#heldBy(id), [strongest], this.#limitOf));
    const owner = host ?? this.#origins.get(strongest) ?? profileIdOf(strongest);
    this.#give(owner, strongest, at);
    return owner;
  }

  #link(owner: ProfileId, key: IdentifierKey, at: number): void {
    const other = this.#index.get(key);
    if (other === owner) return;
    const wanted = other === undefined ? [key] : this.#heldBy(other);
    const reason = refuseIdentifiers(this.#heldBy(owner), wanted, this.#limitOf);
    if (reason) this.#refusals.push({ reason, key, owner });
    else if (other === undefined) this.#give(owner, key, at);
    else this.#links.set(owner, (this.#links.get(owner) ?? new Set()).add(other));
  }

  #give(owner: ProfileId, key: IdentifierKey, at: number): void {
    this.#index.set(key, owner);
    this.#claims.set(key, owner);
    const held = this.#heldBy(owner);
    if (held.has(key)) return; // reserved before, but the index row was never written
    held.add(key);
    this.#reservations.set(owner, (this.#reservations.get(owner) ?? new Map()).set(key, at));
  }

  #heldBy(id: ProfileId): Set<IdentifierKey> {
    let held = this.#held.get(id);
    if (!held) {
      held = new Set();
      this.#held.set(id, held);
    }
    return held;
  }
}
