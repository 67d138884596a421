import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";
import type { Identifier } from "#events/collected-event.ts";
import { type LimitOf, type LinkRefusal, refuseIdentifiers } from "./link-limits.ts";
import { type Mergeable, refuseMerge } from "./merge-rules.ts";
import { profileIdOf } from "./profile-id.ts";

interface Claimant {
  readonly identifiers: readonly Identifier[];
  readonly at: number;
  /** What an alias call says the person was called before. */
  readonly previousId?: string | undefined;
}

/** What planning asks of a person who exists. */
export interface KnownPerson extends Mergeable {
  /** Identifiers that an un-merge took apart. */
  readonly separated: ReadonlySet<IdentifierKey>;
}

/** What identity resolution has to do before a batch of events may be folded. */
export interface ClaimPlan {
  /** The person of each event's strongest identifier, in the order of the events. */
  readonly owners: readonly ProfileId[];
  /** Identifiers that each person must reserve, with the instant from which each is known. */
  readonly reservations: ReadonlyMap<ProfileId, ReadonlyMap<IdentifierKey, number>>;
  /** Index rows that are missing: who each identifier will point to. */
  readonly claims: ReadonlyMap<IdentifierKey, ProfileId>;
  /** Existing people that an event links to its owner: they must be merged before either's events are folded. */
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
  readonly people: ReadonlyMap<ProfileId, KnownPerson>;
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
  readonly #people: Known["people"];
  readonly #limitOf: LimitOf;
  readonly #reservations = new Map<ProfileId, Map<IdentifierKey, number>>();
  readonly #claims = new Map<IdentifierKey, ProfileId>();
  readonly #links = new Map<ProfileId, Set<ProfileId>>();
  readonly #refusals: ClaimPlan["refusals"][number][] = [];

  constructor({ index, origins, people, limitOf }: Known) {
    this.#index = new Map(index);
    this.#origins = origins;
    this.#people = people;
    for (const [id, { identifiers }] of people) this.#held.set(id, new Set(identifiers));
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

  claim({ identifiers, at, previousId }: Claimant): ProfileId {
    const [strongest, ...weaker] = identifiers.map(keyOf);
    if (strongest === undefined) throw new TypeError("an event without identifiers");
    const misnamed = this.#misnamed(previousId);
    const rest = weaker.filter((key) => key !== misnamed);
    const owner = this.#index.get(strongest) ?? this.#start(strongest, rest, at);
    if (misnamed) this.#refusals.push({ reason: "previous_id_is_user", key: misnamed, owner });
    for (const key of rest) this.#link(owner, strongest, key, at);
    return owner;
  }

  /** The previousId of an alias is an anonymousId, unless it is known as a userId: then nothing is linked. */
  #misnamed(previousId: string | undefined): IdentifierKey | undefined {
    if (previousId === undefined || !this.#index.has(keyOf(["userId", previousId]))) return undefined;
    return keyOf(["anonymousId", previousId]);
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

  #link(owner: ProfileId, strongest: IdentifierKey, key: IdentifierKey, at: number): void {
    const other = this.#index.get(key);
    if (other === owner) return;
    const reason = this.#refuse(owner, strongest, key, other);
    if (reason) this.#refusals.push({ reason, key, owner });
    else if (other === undefined) this.#give(owner, key, at);
    else this.#links.set(owner, (this.#links.get(owner) ?? new Set()).add(other));
  }

  #refuse(owner: ProfileId, strongest: IdentifierKey, key: IdentifierKey, other: ProfileId | undefined) {
    if (other === undefined) return refuseIdentifiers(this.#heldBy(owner), [key], this.#limitOf);
    const apart = this.#people.get(owner)?.separated;
    if (apart?.has(strongest) && apart.has(key)) return "separated" as const;
    return refuseMerge(this.#mergeable(owner), this.#mergeable(other), this.#limitOf);
  }

  #mergeable(id: ProfileId): Mergeable {
    return { identifiers: this.#heldBy(id), merges: this.#people.get(id)?.merges ?? 0 };
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
