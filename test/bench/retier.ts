import { type Benchmark, checkAnswer, type Figure, type Table } from "./benchmark.ts";
import { noTableCounts, type TableCounts } from "./cost/counted-dynamo.ts";
import { countRuns, type RunsFound } from "./retier/count-runs.ts";
import { billOf, billTable, subtractBill, sumOf } from "./retier/retier-bill.ts";
import { emulatePopulation, simulatePopulation } from "./retier/stored-population.ts";

const PEOPLE = 1_000_000;
const PEOPLE_EMULATED = 50_000;
/** Of how many people the bill is printed. */
const BILLED = 100_000_000;

export const retier: Benchmark = {
  name: "retier",
  summary:
    "a re-tiering run over a million profiles in memory and 50,000 on the emulator: operations and USD (minutes)",
  onlyByName: true,
  async run({ people = PEOPLE, say }) {
    say(`${people} people in memory`);
    const simulated = await countRuns(people, simulatePopulation, say);
    const few = Math.min(people, PEOPLE_EMULATED);
    say(`${few} people on the emulator`);
    const emulated = await countRuns(few, emulatePopulation, say);
    const { first, second } = simulated;
    const nightly = billOf(second, BILLED / people);
    const changes = subtractBill(billOf(first, 1), billOf(second, 1), 1e6 / first.run.people.changed);
    return {
      figures: [
        ...figuresOf("in memory", simulated),
        ...figuresOf("emulator", emulated),
        { name: "here, people a processor-second, of both scans", value: speedOf(simulated) },
        { name: "USD per run over 100 million people of whom nobody changes", value: sumOf(nightly) },
        { name: "USD per million people who change, on top", value: sumOf(changes) },
      ],
      tables: [
        operationsTable([
          [`${people} in memory, first run`, first],
          [`${people} in memory, second run`, second],
          [`${few} on the emulator, first run`, emulated.first],
          [`${few} on the emulator, second run`, emulated.second],
        ]),
        billTable("a run over 100 million people of whom nobody changes, in USD", nightly),
        billTable("a million people who change, in USD on top", changes),
      ],
      notes: [
        "Checked: thresholds and members of each tag and tier against counts of what was drawn; profiles written = people whose tier changed, counted from what they spent; each once, its outbox cleared once, two facts and two rows of members each; the second run writes no profile.",
        "The definitions of the shop and the ladder `value`, whose quantiles nobody knows before the first run: two scans. Everybody was evaluated before it, as wake and the events see to. Ten people share each life that was drawn.",
        "In memory: read and write units by the sizes of items, as DynamoDB on demand charges. On the emulator: as it says itself.",
        "The bill takes everything times the number of people; a run has 1,024 slices at the most, so that of Work, S3 and SQS it is more than would be paid. Computing time is measured here, waiting is assumed (prices.json).",
      ],
    };
  },
};

function figuresOf(where: string, { people, first, second, expected }: RunsFound): Figure[] {
  const profiles = tableOf(first, "Profiles");
  const written = tableOf(second, "Profiles");
  return [
    { name: `${where}: people`, value: people },
    {
      name: `${where}: read units per profile and scan`,
      value: profiles.readUnits / (2 * people),
      goal: { atMost: 0.5 },
    },
    {
      name: `${where}: read units per person of the scan of members`,
      value: tableOf(first, "Tags").readUnits / people,
    },
    { name: `${where}: profiles written`, value: profiles.puts, goal: { exactly: expected.changed } },
    {
      name: `${where}: profiles written by a second run`,
      value: written.puts + written.updates + written.deletes,
      goal: { exactly: 0 },
    },
  ];
}

function speedOf({ people, second }: RunsFound): number {
  checkAnswer("measured", second.seconds === undefined ? "no" : "yes", "yes");
  return people / (second.seconds?.retier ?? Number.NaN);
}

type NamedRun = readonly [name: string, run: RunsFound["first"]];

function operationsTable(runs: readonly NamedRun[]): Table {
  const counts = ["reads", "readUnits", "pages", "puts", "updates", "deletes", "writeUnits"] as const;
  const names = [...new Set(runs.flatMap(([, { tables }]) => [...tables.keys()]))].toSorted();
  const rows = names.flatMap((name) =>
    counts.map((count) => [`${name}: ${SPELT[count]}`, ...runs.map(([, run]) => tableOf(run, name)[count])]),
  );
  return {
    title: "operations of a run",
    columns: ["operations", ...runs.map(([name]) => name)],
    rows: [
      ...rows,
      ["facts", ...runs.map(([, { run }]) => run.facts)],
      ["S3: PUT", ...runs.map(([, { s3 }]) => s3.puts)],
      ["S3: GET", ...runs.map(([, { s3 }]) => s3.gets)],
      ["SQS: calls to send", ...runs.map(([, { sqs }]) => sqs.calls)],
      ["SQS: messages", ...runs.map(([, { sqs }]) => sqs.messages)],
      ["invocations", ...runs.map(([, { invocations }]) => invocations)],
    ].filter(([, ...values]) => values.some((value) => value !== 0)),
  };
}

const SPELT: Readonly<Record<keyof TableCounts, string>> = {
  reads: "items read",
  readUnits: "read units",
  pages: "pages of scans and queries",
  puts: "items put",
  updates: "items updated",
  deletes: "items deleted",
  writeUnits: "write units",
};

function tableOf({ tables }: RunsFound["first"], name: string): TableCounts {
  return tables.get(name) ?? noTableCounts();
}
