/** Messages in a row that a provider did not answer, or would not take, before it is left alone. */
const FAILURES_TO_OPEN = 5;
const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 5 * 60_000;

/** Whether a provider is called at all. `closed`: it is. `open`: it is left alone until `restsUntil`. `half-open`: one
 *  message is on its way to see whether it answers again. */
export type Breaker =
  | { readonly state: "closed"; readonly failures: number }
  | { readonly state: "open"; readonly restsUntil: number; readonly rests: number }
  | {
      readonly state: "half-open";
      /** Who sends the probe, and until when the others wait for its answer. */
      readonly probe: { readonly owner: string; readonly until: number };
      readonly rests: number;
    };

export const CLOSED: Breaker = { state: "closed", failures: 0 };

/** One message's word on its provider: it answered, or it did not. */
export type Sign = "alive" | "dead";

export type Admission =
  | { readonly kind: "all" }
  | { readonly kind: "probe"; readonly breaker: Breaker }
  | { readonly kind: "none"; readonly until: number };

/** Who asks, and how long a probe may take. */
export interface Prober {
  readonly owner: string;
  readonly now: number;
  readonly probeMs: number;
}

/** What may be sent now: everything, one probe, or nothing for a while. A probe whose worker died is sent again. Pure. */
export function admit(breaker: Breaker, { owner, now, probeMs }: Prober): Admission {
  if (breaker.state === "closed") return { kind: "all" };
  const until = breaker.state === "open" ? breaker.restsUntil : breaker.probe.until;
  if (until > now) return { kind: "none", until };
  const probe = { owner, until: now + probeMs };
  return { kind: "probe", breaker: { state: "half-open", probe, rests: breaker.rests } };
}

/** The breaker after what one worker has seen, oldest first. While it is not closed only the probe's word counts: other
 *  answers are of messages that were on their way before. No sign of the probe (its message was not sent after all)
 *  lets another one go at once. The same breaker comes back where nothing changed. Pure. */
export function noteSigns(
  breaker: Breaker,
  signs: readonly Sign[],
  { owner, now }: Pick<Prober, "owner" | "now">,
): Breaker {
  if (breaker.state === "closed") return countFailures(breaker, signs, now);
  if (breaker.state === "open" || breaker.probe.owner !== owner) return breaker;
  const [sign] = signs;
  if (sign === "alive") return CLOSED;
  if (sign === "dead") return rest(breaker.rests + 1, now);
  return { ...breaker, probe: { owner, until: now } };
}

function countFailures(breaker: Breaker & { state: "closed" }, signs: readonly Sign[], now: number): Breaker {
  let { failures } = breaker;
  for (const sign of signs) {
    failures = sign === "alive" ? 0 : failures + 1;
    if (failures >= FAILURES_TO_OPEN) return rest(1, now);
  }
  return failures === breaker.failures ? breaker : { state: "closed", failures };
}

function rest(rests: number, now: number): Breaker {
  return { state: "open", rests, restsUntil: now + Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (rests - 1)) };
}
