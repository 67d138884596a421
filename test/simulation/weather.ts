import type { Dice } from "./dice.ts";

/** Everything that can go wrong here, and how often at most, each time that it could. */
export const FAULTS = {
  /** A worker dies at an await: the request under way may or may not have been sent. */
  crash: 0.012,
  /** A worker stands still for minutes between two awaits. */
  sleep: 0.012,
  /** A worker stands still for longer than 20 minutes: leases run out, it is given up, and then goes on. */
  stall: 0.004,
  /** The answer of a call takes half a minute. */
  slow: 0.03,
  throttled: 0.02,
  outage: 0.015,
  /** The call had its effect, the caller hears of a time-out. */
  "answer-lost": 0.025,
  /** The SDK lost the answer and sent the call again: a conditional write then meets itself. */
  "sent-twice": 0.025,
  "partial-put": 0.1,
  "partial-read": 0.06,
  /** The items of one BatchGetItem are read at two instants. */
  "torn-read": 0.05,
  /** The function finished, but the stream's poller never heard of it. */
  "report-lost": 0.03,
  /** After a resharding a second worker takes records that another still works on. */
  overlap: 0.04,
  /** A client never got its answer and sends the request again. */
  "request-repeated": 0.1,
  /** A batch comes late. */
  late: 0.05,
  /** A queue delivers a message to two workers. */
  "delivered-twice": 0.05,
} as const;
export type Fault = keyof typeof FAULTS;
export type Rates = Readonly<Record<Fault, number>>;

/** What a shrunk story leaves out. */
export interface Mercy {
  /** Kinds of fault that do not strike. */
  readonly kinds: ReadonlySet<Fault>;
  /** Single strikes, by their number in the story. */
  readonly strikes: ReadonlySet<number>;
}

export const NO_MERCY: Mercy = { kinds: new Set(), strikes: new Set() };

/** A storm ends, so that every story comes to rest. */
const STORM_STRIKES = 60;
/** Strikes of the longest story. */
export const MAX_STRIKES = 160;

export interface Weather {
  /** Whether this fault strikes now. `where` goes into the story. */
  strikes(fault: Fault, where: () => string): boolean;
  /** How many strikes there were, by kind. */
  readonly struck: ReadonlyMap<Fault, number>;
  /** The numbers of the strikes that there were. */
  readonly strikeNumbers: ReadonlySet<number>;
  /** The storm is over. */
  calm(): void;
}

/** Each seed has its own weather: some faults not at all, others up to twice as often as usual (swarm testing,
 *  Groce et al. 2012: leaving some out lets the others meet more often). */
export function makeRates(dice: Dice, favoured: Partial<Rates> = {}): Rates {
  const drawn = Object.entries(FAULTS).map(([fault, rate]) => {
    const strength = dice.chance(0.4) ? 0 : 0.3 + 1.7 * dice.next();
    return [fault, favoured[fault as Fault] ?? rate * strength];
  });
  return Object.fromEntries(drawn) as Rates;
}

/** @param allowed strikes that there may have been by now. */
export function makeWeather(
  dice: Dice,
  rates: Rates,
  mercy: Mercy,
  tell: (line: () => string) => void,
  allowed: () => number = () => STORM_STRIKES,
): Weather {
  const struck = new Map<Fault, number>();
  const strikeNumbers = new Set<number>();
  let strikes = 0;
  let isCalm = false;
  return {
    struck,
    strikeNumbers,
    calm: () => {
      isCalm = true;
    },
    strikes(fault, where) {
      if (isCalm || rates[fault] === 0 || strikes >= Math.min(MAX_STRIKES, allowed())) return false;
      if (!dice.chance(rates[fault])) return false;
      const strike = ++strikes;
      if (mercy.kinds.has(fault) || mercy.strikes.has(strike)) return false;
      strikeNumbers.add(strike);
      struck.set(fault, (struck.get(fault) ?? 0) + 1);
      tell(() => `⚡${strike} ${fault}: ${where()}`);
      return true;
    },
  };
}
