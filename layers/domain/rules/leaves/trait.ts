import { readTrait } from "#domain/profile/traits.ts";
import type { Trait } from "#events/rule/leaves.ts";
import { compileComparison } from "../compare.ts";
import type { CompileLeaf } from "../leaf.ts";
import type { Subject } from "../subject.ts";
import { ALWAYS, NEVER } from "../verdict.ts";

export const compileTrait: CompileLeaf<Trait> = (condition, { calendar, traitMode }) => {
  const { name } = condition;
  const mode = traitMode(name);
  const test = compileComparison(condition, calendar);
  function read({ state }: Subject): unknown {
    const trait = state.traits.get(name);
    return trait === undefined ? undefined : readTrait(trait, mode);
  }
  return { judge: (subject) => (test(read(subject)) ? ALWAYS : NEVER), seen: read };
};
