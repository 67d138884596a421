import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { MembershipKey } from "#domain/profile/state.ts";
import { segmentKey, tagKey } from "#domain/rules/membership-key.ts";

/** A tag or a segment that people are put into by hand or by import. */
export interface HandTarget {
  readonly kind: "tag" | "segment";
  readonly name: string;
  readonly key: MembershipKey;
  /** Under which name a person's state says so: the tag's own name, the whole key of a segment. */
  readonly entry: string;
}

export type HandTargetFault = "tag_unknown" | "tag_has_rule" | "segment_unknown" | "segment_has_rule";

/** Finds what people can be put into without a rule, or says why they cannot. */
export function findHandTarget(
  { memberships }: Pick<CompiledBundle, "memberships">,
  kind: "tag" | "segment",
  name: string,
): HandTarget | HandTargetFault {
  const found = memberships.find(
    (candidate) =>
      candidate.name === name && (candidate.kind === kind || (kind === "tag" && candidate.kind === "valued")),
  );
  if (!found) return `${kind}_unknown`;
  if (found.kind !== kind || found.rule !== undefined) return `${kind}_has_rule`;
  return kind === "tag"
    ? { kind, name, key: tagKey(name), entry: name }
    : { kind, name, key: segmentKey(name), entry: segmentKey(name) };
}

/** The same by a key such as `tag:vip` or `segment:spring-list`. */
export function findHandTargetByKey(bundle: Pick<CompiledBundle, "memberships">, key: MembershipKey) {
  const colon = key.indexOf(":");
  return findHandTarget(bundle, key.startsWith("segment:") ? "segment" : "tag", key.slice(colon + 1));
}
