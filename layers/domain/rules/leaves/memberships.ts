import type { Tier } from "#events/rule/leaves.ts";
import type { CompileLeaf } from "../leaf.ts";
import { segmentKey, tagKey, tierKey } from "../membership-key.ts";
import { holdsIn, NEVER, untilOf, verdict } from "../verdict.ts";

/** Another membership, as it was answered for the same instant: each is judged after those that its rule names. */
function compileMembership(key: string): ReturnType<CompileLeaf<string>> {
  return {
    judge: ({ answers }) => answers.get(key) ?? NEVER,
    seen: ({ answers }) => holdsIn(answers.get(key) ?? NEVER),
  };
}

export const compileTag: CompileLeaf<string> = (name) => compileMembership(tagKey(name));

export const compileSegment: CompileLeaf<string> = (name) => compileMembership(segmentKey(name));

/** All rungs of a ladder are answered with the same end, so that any of them tells when another may hold. */
export const compileTier: CompileLeaf<Tier> = ({ ladder, in: tiers }) => {
  const keys = tiers.map((tier) => tierKey(ladder, tier));
  const prefix = tierKey(ladder, "");
  return {
    judge({ answers }) {
      let until = Number.POSITIVE_INFINITY;
      for (const key of keys) {
        const answer = answers.get(key) ?? NEVER;
        if (holdsIn(answer)) return answer;
        until = Math.min(until, untilOf(answer));
      }
      return verdict(false, until);
    },
    seen({ answers }) {
      for (const [key, answer] of answers) {
        if (key.startsWith(prefix) && holdsIn(answer)) return key.slice(prefix.length);
      }
      return undefined;
    },
  };
};
