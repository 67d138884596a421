import type { CompiledBundle, CompiledTag } from "#domain/definitions/compile-bundle.ts";
import type { ProfileState } from "#domain/profile/state.ts";
import { makeSubject, type Subject } from "#domain/rules/subject.ts";
import { ALWAYS, NEVER, type Verdict } from "#domain/rules/verdict.ts";

/** Judges every tag of a bundle for one person at one instant, each after those that its rule names. Where `stands`
 *  gives an answer, it is taken instead. */
export function judgeTags(
  state: ProfileState,
  now: number,
  { tags, calendar }: Pick<CompiledBundle, "tags" | "calendar">,
  stands: (tag: CompiledTag) => Verdict | undefined = () => undefined,
): Subject {
  const verdicts = new Map<string, Verdict>();
  const subject = makeSubject(state, now, calendar, verdicts);
  for (const tag of tags) verdicts.set(tag.name, stands(tag) ?? judgeTag(tag, subject));
  return subject;
}

function judgeTag(tag: CompiledTag, subject: Subject): Verdict {
  if (tag.rule) return tag.rule.judge(subject);
  return subject.state.manualTags.get(tag.name)?.on ? ALWAYS : NEVER;
}
