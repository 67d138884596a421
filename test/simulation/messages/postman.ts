import type { HttpAnswer } from "#aws/http-answer.ts";
import type { TestRequest } from "../../support/collect-harness.ts";
import type { Dice } from "../dice.ts";
import type { Lambda } from "../lambda.ts";
import type { Scheduler } from "../scheduler.ts";

/** A request that is made again, spelled anew, until it is answered with something else than a failure. */
export interface Posting {
  readonly spell: () => TestRequest;
  readonly inMs: number;
  readonly then: (status: number) => void;
}

/** Whoever has something to tell: people and providers, who try again. */
export function makePostman(on: { page: Lambda<TestRequest, HttpAnswer>; scheduler: Scheduler; dice: Dice }) {
  const { page, scheduler, dice } = on;
  let posting = 0;

  function post({ spell, then }: Posting): void {
    page.invoke(spell(), (outcome) => {
      const status = outcome.kind === "failed" ? 500 : outcome.answer.statusCode;
      if (status >= 500) return scheduler.after(dice.between(1, 60) * 1000, () => post({ spell, inMs: 0, then }));
      posting--;
      then(status);
    });
  }

  return {
    post(one: Posting): void {
      posting++;
      scheduler.after(one.inMs, () => post(one));
    },
    isDone: () => posting === 0,
  };
}
export type Postman = ReturnType<typeof makePostman>;
