import { sumOrders } from "#domain/profile/orders.ts";
import type { ProfileState } from "#domain/profile/state.ts";
import { checkAnswer, WrongAnswerError } from "../benchmark.ts";
import type { Action } from "./shop-action.ts";

interface ExpectedPerson {
  orders: number;
  revenueMinor: number;
  lastSeen: number;
  readonly days: Set<number>;
}

/** Adds up by person what was drawn, with no code of the fold's. */
export class ExpectedPeople {
  readonly #people = new Map<string, ExpectedPerson>();

  get size(): number {
    return this.#people.size;
  }

  add({ person, name, at, product, orderId }: Action): void {
    const key = person.userId ?? person.anonymousId;
    const known = this.#people.get(key) ?? { orders: 0, revenueMinor: 0, lastSeen: -Infinity, days: new Set<number>() };
    this.#people.set(key, known);
    if (name === "identify") return;
    known.lastSeen = Math.max(known.lastSeen, at);
    known.days.add(londonDayOf(at));
    if (orderId === undefined) return;
    known.orders++;
    known.revenueMinor += Math.round((product?.price ?? 0) * 100);
  }

  /** Throws WrongAnswerError at the first person whose state says otherwise. */
  check(states: ReadonlyMap<string, ProfileState>): void {
    checkAnswer("people", states.size, this.#people.size);
    for (const [key, expected] of this.#people) {
      const state = states.get(key);
      if (!state) throw new WrongAnswerError(`${key} has no state`);
      const { count, revenueMinor } = sumOrders(state);
      checkAnswer(`orders of ${key}`, count, expected.orders);
      checkAnswer(`revenue of ${key}`, revenueMinor, expected.revenueMinor);
      checkAnswer(`last sight of ${key}`, state.lastSeen ?? -Infinity, expected.lastSeen);
      checkAnswer(`active days of ${key}`, state.activeDays.size, expected.days.size);
    }
  }
}

/** London keeps summer time, an hour ahead of UTC, all through the population's 60 days. */
function londonDayOf(at: number): number {
  return Math.floor((at + 3_600_000) / 86_400_000);
}
