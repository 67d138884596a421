declare const brand: unique symbol;

/** An answer and how long it stands, in one number so that judging allocates nothing: its size is the first instant at
 *  which the answer can differ with no new event (milliseconds since 1970, Infinity: never), its sign the answer. */
export type Verdict = number & { readonly [brand]: "Verdict" };

export const ALWAYS = Number.POSITIVE_INFINITY as Verdict;
export const NEVER = Number.NEGATIVE_INFINITY as Verdict;

/** `until` must be a positive instant. */
export function verdict(holds: boolean, until: number): Verdict {
  return (holds ? until : -until) as Verdict;
}

/** The other answer, for as long. */
export function opposite(answer: Verdict): Verdict {
  return verdict(answer <= 0, Math.abs(answer));
}

export function holdsIn(answer: Verdict): boolean {
  return answer > 0;
}

export function untilOf(answer: Verdict): number {
  return Math.abs(answer);
}
