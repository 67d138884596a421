import { typeOf } from "#domain/identity/link-limits.ts";
import type { ClaimPlan } from "#domain/identity/plan-claims.ts";
import type { IdentityConflict } from "#domain/ports/conflict-store.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";

/** Of one reason and one type of identifier, as many different values are listed by themselves each batch. */
const MAX_VALUES = 10;

/** Adds up the refused links of a batch by reason and identifier. A shared device that sends a fresh cookie with every
 *  event is refused a different value each time: what is beyond the most frequent values of a type is added up under
 *  the value `*`, so that listing costs a few writes a batch however large the storm. Every refusal is in one sum. Pure. */
export function sumRefusals(refusals: ClaimPlan["refusals"], at: number): IdentityConflict[] {
  const byIdentifier = new Map<string, IdentityConflict>();
  for (const { reason, key, owner } of refusals) add(byIdentifier, { reason, key, owner, count: 1, at });
  const byType = Map.groupBy(byIdentifier.values(), ({ reason, key }) => `${reason} ${typeOf(key)}`);
  return [...byType.values()].flatMap((conflicts) => {
    const [...byCount] = conflicts.toSorted((a, b) => b.count - a.count);
    const rest = new Map<string, IdentityConflict>();
    for (const conflict of byCount.splice(MAX_VALUES)) {
      add(rest, { ...conflict, key: `${typeOf(conflict.key)}:*` as IdentifierKey });
    }
    return [...byCount, ...rest.values()];
  });
}

/** The owner is that of the newest event. */
function add(sums: Map<string, IdentityConflict>, conflict: IdentityConflict): void {
  const id = `${conflict.reason} ${conflict.key}`;
  sums.set(id, { ...conflict, count: conflict.count + (sums.get(id)?.count ?? 0) });
}
