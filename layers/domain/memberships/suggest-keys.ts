import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { keysOf } from "#domain/definitions/compile-membership.ts";
import { editsBetween } from "#domain/definitions/near-names.ts";

const MAX_SUGGESTED = 5;

/** The keys of definitions in force that somebody who wrote `text` may have meant, the nearest first: those of the same
 *  name of another kind, of the same ladder, and those that a few letters less or more make of it. */
export function suggestKeys(text: string, { memberships }: Pick<CompiledBundle, "memberships">): string[] {
  const keys = memberships.flatMap((membership) =>
    membership.kind === "valued" ? [`${membership.prefix}…`] : keysOf(membership),
  );
  const asked = nameOf(text);
  return keys
    .map((key) => ({ key, far: distance(asked, key) }))
    .filter(({ far }) => far <= Math.max(1, asked.length / 3))
    .toSorted((a, b) => a.far - b.far || (a.key < b.key ? -1 : 1))
    .slice(0, MAX_SUGGESTED)
    .map(({ key }) => key);
}

/** A part of a key, the name of its ladder or of its tier, is as near as all of it. */
function distance(asked: string, key: string): number {
  const name = nameOf(key);
  const [owner = "", value = ""] = name.split("=");
  const [askedOwner = "", askedValue] = asked.split("=");
  const inOwner = askedValue === undefined ? Infinity : 0.5 + editsBetween(askedOwner, owner);
  return Math.min(
    editsBetween(asked, name),
    editsBetween(asked, owner) + 0.1,
    inOwner,
    value === "" ? Infinity : editsBetween(asked, value) + 0.2,
  );
}

function nameOf(key: string): string {
  return key
    .slice(0, 200)
    .replace(/^(tag|segment|tier):/, "")
    .toLowerCase();
}
