import type { Rfm } from "#events/rule/leaves.ts";
import type { CompileLeaf } from "../leaf.ts";
import { isBuyer, orderFigure, RFM_FIGURES, rfmQuantiles } from "../population.ts";
import { meanScore, QUINTILE_RANKS, quintile, reverseQuintile } from "../quantiles.ts";
import type { RuleSettings } from "../settings.ts";
import type { Subject } from "../subject.ts";
import { ALWAYS, NEVER } from "../verdict.ts";

interface Scores {
  readonly r: number;
  readonly f: number;
  readonly m: number;
  readonly fm: number;
}

/** The scores of a buyer against the buyers of the last re-tiering run. Until there was one, and for whoever never
 *  bought, the answer is no. */
export const compileRfm: CompileLeaf<Rfm> = (rfm, settings) => {
  const thresholds = readThresholds(rfm, settings);
  const tests = (["r", "f", "m", "fm"] as const).flatMap((name) => (rfm[name] ? [[name, rfm[name]] as const] : []));
  function score({ state }: Subject): Scores | undefined {
    if (!thresholds || !isBuyer(state)) return undefined;
    const figure = (name: keyof typeof RFM_FIGURES) =>
      orderFigure(RFM_FIGURES[name], state, thresholds.day, settings.calendar) ?? 0;
    const r = reverseQuintile(figure("r"), thresholds.r);
    const f = quintile(figure("f"), thresholds.f);
    const m = quintile(figure("m"), thresholds.m);
    return { r, f, m, fm: meanScore(f, m) };
  }
  return {
    judge(subject) {
      const scores = score(subject);
      return scores && tests.every(([name, wanted]) => wanted.includes(scores[name])) ? ALWAYS : NEVER;
    },
    seen: (subject) => (thresholds ? score(subject) : "warming"),
  };
};

function readThresholds(rfm: Rfm, { thresholds }: RuleSettings) {
  if (!thresholds) return undefined;
  const [r, f, m] = rfmQuantiles(rfm).map(({ id }) =>
    QUINTILE_RANKS.flatMap((rank) => thresholds.values.get(id)?.get(rank) ?? []),
  );
  const isWhole = [r, f, m].every((values) => values?.length === QUINTILE_RANKS.length);
  return r && f && m && isWhole ? { r, f, m, day: thresholds.day } : undefined;
}
