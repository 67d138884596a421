import type { RuleSettings } from "./settings.ts";
import type { Subject } from "./subject.ts";
import type { Verdict } from "./verdict.ts";

/** A leaf made ready: judging it reads the state and nothing else. */
export interface CompiledLeaf {
  judge(subject: Subject): Verdict;
  /** The value that the leaf looked at, for people to read: a count, an amount in major units, a trait. */
  seen(subject: Subject): unknown;
}

export type CompileLeaf<Leaf> = (leaf: Leaf, settings: RuleSettings) => CompiledLeaf;
