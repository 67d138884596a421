import { checkRun } from "./check-run.ts";
import { drawLives, type Life } from "./draw-lives.ts";
import { type ExpectedRun, expectRun } from "./expect-run.ts";
import { type CountedRun, openRetierBench } from "./run-retier.ts";
import type { StoredPopulation } from "./stored-population.ts";

/** People who share a life that was drawn. */
const PEOPLE_A_LIFE = 10;

export interface RunsFound {
  readonly people: number;
  readonly expected: ExpectedRun;
  readonly first: CountedRun;
  readonly second: CountedRun;
}

/** Two runs, one behind the other, over as many people. Throws WrongAnswerError unless both are right. */
export async function countRuns(
  people: number,
  store: (lives: readonly Life[], people: number) => StoredPopulation | Promise<StoredPopulation>,
  say: (line: string) => void,
): Promise<RunsFound> {
  const lives = drawLives(Math.ceil(people / PEOPLE_A_LIFE));
  const expected = expectRun(lives, people);
  say(`${lives.length} lives are drawn`);
  const stored = await store(lives, people);
  try {
    const bench = await openRetierBench(stored);
    const first = await bench.run();
    await checkRun(bench, first, { people, expected, changed: expected.changed });
    say(`the first run is right: ${expected.changed} people changed`);
    const second = await bench.run();
    await checkRun(bench, second, { people, expected, changed: 0 });
    say("the second run is right: nobody changed");
    return { people, expected, first, second };
  } finally {
    await stored.stop();
  }
}
