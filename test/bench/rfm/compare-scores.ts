import { checkAnswer } from "../benchmark.ts";
import type { Scored } from "./rfm-in-sql.ts";

/** Throws WrongAnswerError at the first customer whose scores or segment differ. */
export function compareScores(ours: ReadonlyMap<string, Omit<Scored, "pence">>, inSql: readonly Scored[]): void {
  checkAnswer("customers scored", ours.size, inSql.length);
  for (const { pence: _, ...expected } of inSql) {
    const own = ours.get(expected.customer);
    for (const field of ["r", "f", "m", "fm", "segment"] as const) {
      checkAnswer(`${field} of ${expected.customer}`, own?.[field] ?? "none", expected[field]);
    }
  }
}
