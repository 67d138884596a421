import type { IdentifierKey } from "#domain/profile/state.ts";

/** How many values of a type one person may have (model.md §2). `unique` types refuse to merge people who differ. */
export type LimitOf = (type: string) => { readonly limit: number; readonly unique: boolean };

/** Why an identifier and a person, or two people, were not linked. */
export type LinkRefusal =
  | "different_unique_identifier"
  | "identifier_limit"
  /** One person would have gone through more than 100 merges. */
  | "merge_limit"
  /** An operator took these two people apart, and this is the link that had joined them. */
  | "separated"
  /** `alias` named as its previousId what is known as a userId. */
  | "previous_id_is_user";

/** The type of an identifier key: what stands before its first colon, except that an openid's type names its app too
 *  (`openid:wx123:o-1`). */
export function typeOf(key: IdentifierKey): string {
  const [type = "", app] = key.split(":", 2);
  return type === "openid" && app !== undefined ? `openid:${app}` : type;
}

/** Whether a person with `held` identifiers may also hold `added`. */
export function refuseIdentifiers(
  held: Iterable<IdentifierKey>,
  added: Iterable<IdentifierKey>,
  limitOf: LimitOf,
): LinkRefusal | undefined {
  const before = new Set(held);
  const counts = new Map<string, number>();
  for (const key of before) counts.set(typeOf(key), (counts.get(typeOf(key)) ?? 0) + 1);
  for (const key of added) {
    if (before.has(key)) continue;
    before.add(key);
    const type = typeOf(key);
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    const { limit, unique } = limitOf(type);
    if (count > limit) return unique ? "different_unique_identifier" : "identifier_limit";
  }
  return undefined;
}
