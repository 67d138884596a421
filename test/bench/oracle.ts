import { runOracle } from "../oracle/run-oracle.ts";
import { type Benchmark, WrongAnswerError } from "./benchmark.ts";

const PEOPLE = 20_000;
const DAYS = 120;

export const oracle: Benchmark = {
  name: "oracle",
  summary: "a population over 120 days through fold and wake, against a brute-force evaluation of its events (minutes)",
  onlyByName: true,
  async run({ events: people = PEOPLE, say }) {
    const found = await runOracle({ people, days: DAYS, seed: 7, instants: 20, say });
    if (found.mismatches.length > 0) throw new WrongAnswerError(found.mismatches.join("\n"));
    const { checks, reads, answersChanged, timersMoved, strayTimers, readsOfRecompute } = found;
    const windows = Math.ceil((DAYS * 86_400_000) / found.shortestWindowMs);
    return {
      figures: [
        { name: "memberships of a person that differ from the truth", value: 0, goal: { exactly: 0 } },
        {
          name: "reads by wake, × answers changed + timers moved",
          value: reads / (answersChanged + timersMoved),
          goal: { atMost: 1 },
        },
        {
          name: "timers moved, × one per person per shortest window",
          value: timersMoved / (found.people * windows),
          goal: { atMost: 1 },
        },
        { name: "timers moved per person and 30 days", value: timersMoved / found.people / (DAYS / 30) },
        { name: "reads by wake, % of reading everybody at each midnight", value: (100 * reads) / readsOfRecompute },
      ],
      tables: [
        {
          title: `${DAYS} days`,
          columns: ["what", "number"],
          rows: [
            ["people", found.people],
            ["events", found.events],
            ["people merged", found.merges],
            ["definitions", found.definitions],
            ["checks after a wake, of who was written", checks.atWake],
            [`checks at ${found.midnights} midnights, of everybody`, checks.atMidnight],
            ["checks at 20 random instants, of everybody", checks.atInstants],
            ["wakes that found somebody", found.wakes],
            ["profiles read by wake", reads],
            ["answers changed by wake", answersChanged],
            ["timers moved by wake", timersMoved],
            ["timers put by the fold", found.timersPut],
            ["rows that were nobody's", strayTimers],
          ],
        },
      ],
      notes: [
        "Checked: every tag, segment and tier of a person against rules asked of the raw events by code that shares nothing with the evaluator (test/domain/rules/brute-force.ts). Of ladders with a hold: never lower than the rules say, higher only within the hold.",
        "The example definitions, twelve tags by random rules, and answers that name answers; London, whose clocks go forward on one of the nights, and a February of 29 days. One event in twenty is late, one in thirty comes twice, one person in five has a second device.",
        "Wake runs every minute; minutes in which nothing is due are left out. Quantiles are given, as a run would find them.",
      ],
    };
  },
};
