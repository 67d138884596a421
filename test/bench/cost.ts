import type { Benchmark, Figure } from "./benchmark.ts";
import { costTables, newcomersTable } from "./cost/cost-tables.ts";
import { estimateCost, sumCost } from "./cost/estimate-cost.ts";
import { runFlood } from "./cost/flood.ts";
import { runScenario, type Scenario, type ScenarioRun } from "./cost/scenario.ts";

const DEFAULT_EVENTS = 20_000;
const NEW_SHARE = 0.25;
/** USD per million events, without and with the behaviour log, by events of a person per write. */
const GOALS = new Map([
  [10, { without: 0.25, with: 0.35 }],
  [5, { without: 0.4, with: 0.55 }],
]);

export const cost: Benchmark = {
  name: "cost",
  summary: "operations of collect → fold → index over the real adapters, and USD per million events",
  async run({ events = DEFAULT_EVENTS, say }) {
    const run = async (scenario: Omit<Scenario, "events">): Promise<ScenarioRun> => {
      const done = await runScenario({ ...scenario, events });
      say(`${JSON.stringify(scenario)}: the writes are exactly those of the formula`);
      return done;
    };
    const main: ScenarioRun[] = [];
    for (const tagsChange of [false, true]) {
      for (const eventsAPerson of GOALS.keys())
        main.push(await run({ eventsAPerson, tagsChange, newShare: NEW_SHARE }));
    }
    const byNewcomers: ScenarioRun[] = [];
    for (const newShare of [0, 1]) {
      for (const eventsAPerson of GOALS.keys()) {
        byNewcomers.push(await run({ eventsAPerson, newShare, tagsChange: false }));
      }
    }
    return {
      figures: [
        ...main.flatMap(goalFigures),
        ...changeFigures(main),
        {
          name: "items written for deduplication",
          value: main.reduce((sum, { otherItems }) => sum + otherItems, 0),
          goal: { exactly: 0 },
        },
        ...(await runFlood(2 * events)),
      ],
      tables: [...costTables(main), newcomersTable(byNewcomers)],
      notes: [
        "Checked: profile writes = distinct (person, batch) pairs + a reservation for each newcomer + an outbox clear for each person whose tags changed; no other table is written.",
        `Events of 1 KB, 20 a request; ${100 * NEW_SHARE} % of visits are somebody's first; those who come back were there in each of the four weeks before. Ten tags on ten features.`,
        'In "tags change" their windows of 24 hours and 7 days run out between two visits, and each visit enters them again: a hard case. In "no tag changes" the same rules ask for more than anybody does.',
        "Counted: requests, payload units, read and write units. Measured here: computing time of the three functions. Assumed: what prices.json says under assumptions.",
      ],
    };
  },
};

function goalFigures({ scenario, pipeline, events }: ScenarioRun): Figure[] {
  const { eventsAPerson, tagsChange } = scenario;
  const goals = GOALS.get(eventsAPerson);
  const bill = estimateCost(pipeline, events);
  const what = `USD per million events, ${eventsAPerson} of a person per write, ${tagsChange ? "tags change" : "no tag changes"}`;
  return [
    {
      name: what,
      value: sumCost(bill, { withLog: false }),
      ...(goals && { goal: { atMost: goals.without } }),
    },
    {
      name: `${what}, with the behaviour log`,
      value: sumCost(bill, { withLog: true }),
      ...(goals && { goal: { atMost: goals.with } }),
    },
  ];
}

/** What a change of a tag costs: two runs that differ in nothing else. */
function changeFigures(runs: readonly ScenarioRun[]): Figure[] {
  const [still, changing] = [false, true].map((tagsChange) =>
    runs.find(({ scenario }) => scenario.tagsChange === tagsChange && scenario.eventsAPerson === 10),
  );
  if (!still || !changing) return [];
  const costOf = ({ pipeline, events }: ScenarioRun) => sumCost(estimateCost(pipeline, events), { withLog: true });
  const changes = changing.pipeline.dynamo.countsOf("Tags").puts / changing.events;
  return [
    { name: "tag changes per visit of 10 events, where tags change", value: 10 * changes },
    { name: "USD per million tag changes", value: (costOf(changing) - costOf(still)) / changes },
  ];
}
