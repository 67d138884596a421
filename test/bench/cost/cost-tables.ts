import type { Table } from "../benchmark.ts";
import { estimateCost, sumCost } from "./estimate-cost.ts";
import type { Scenario, ScenarioRun } from "./scenario.ts";

/** Operations and USD of several scenarios side by side. */
export function costTables(runs: readonly ScenarioRun[]): Table[] {
  const columns = runs.map(({ scenario }) => spellScenario(scenario));
  const tables = [...new Set(runs.flatMap(({ pipeline }) => [...pipeline.dynamo.counts.keys()]))].toSorted();
  const operations = tables.flatMap((table) => {
    const of = (count: "items" | "writeUnits" | "readUnits") =>
      runs.map(({ pipeline, events }) => {
        const { puts, updates, deletes, ...units } = pipeline.dynamo.countsOf(table);
        return (count === "items" ? puts + updates + deletes : units[count]) / events;
      });
    return [
      [`${table}: items written`, ...of("items")],
      [`${table}: write units`, ...of("writeUnits")],
      [`${table}: read units`, ...of("readUnits")],
    ].filter(([, ...counts]) => counts.some((count) => count !== 0));
  });
  const bills = runs.map(({ pipeline, events }) => estimateCost(pipeline, events));
  const lines = (bills[0] ?? []).map(({ item, unit }, n) => [
    `${item}: ${unit}`,
    ...bills.map((bill) => bill[n]?.usd ?? 0),
  ]);
  const sums = [false, true].map((withLog) => [
    withLog ? "all, with the behaviour log" : "all but the behaviour log",
    ...bills.map((bill) => sumCost(bill, { withLog })),
  ]);
  return [
    { title: "operations per event", columns: ["operations", ...columns], rows: operations },
    { title: "USD per million events", columns: ["item", ...columns], rows: [...lines, ...sums] },
  ];
}

function spellScenario({ eventsAPerson, tagsChange }: Scenario): string {
  return `${eventsAPerson} a write, ${tagsChange ? "tags change" : "no tag changes"}`;
}

/** What newcomers cost more: a reservation and index rows. */
export function newcomersTable(runs: readonly ScenarioRun[]): Table {
  return {
    title: "USD per million events, by the share of visits that are somebody's first (no tag changes)",
    columns: ["first visits, %", "events of a person per write", "without the log", "with the log"],
    rows: runs.map(({ scenario, pipeline, events }) => {
      const bill = estimateCost(pipeline, events);
      const sums = [false, true].map((withLog) => sumCost(bill, { withLog }));
      return [100 * scenario.newShare, scenario.eventsAPerson, ...sums];
    }),
  };
}
