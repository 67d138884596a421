import { everyonePhase } from "./everyone-phase.ts";
import { mendPhase } from "./mend-phase.ts";
import { missingPhase } from "./missing-phase.ts";
import type { Phase } from "./phase.ts";
import type { PhaseName } from "./run.ts";
import { tagsPhase } from "./tags-phase.ts";
import { thresholdsPhase } from "./thresholds-phase.ts";

export const PHASES: Readonly<Record<PhaseName, Phase>> = {
  thresholds: thresholdsPhase,
  everyone: everyonePhase,
  tags: tagsPhase,
  mend: mendPhase,
  missing: missingPhase,
};
