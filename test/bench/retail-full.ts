import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { type Benchmark, checkAnswer } from "./benchmark.ts";
import { seededRandom } from "./population/random.ts";
import { type Pass, type PassResult, replayPass } from "./retail/replay-pass.ts";
import { runProgram, runStrata } from "./retail/strata-cli.ts";

/** What the file holds, as everyone who uses it knows. */
const KNOWN = { people: 4372, buyers: 4338, orders: 18_532, revenueMinor: 891_140_790, refunds: 3654 };
const Counted = z.object({
  people: z.int(),
  buyers: z.int(),
  orders: z.int(),
  revenueMinor: z.int(),
  refunds: z.int(),
  refundsMinor: z.int(),
});
type Expected = z.infer<typeof Counted>;

export const retailFull: Benchmark = {
  name: "retail-full",
  summary: "the whole Online Retail file through HTTP, three ways, against totals counted in SQL (needs --csv)",
  onlyByName: true,
  async run({ csv, say }) {
    if (csv === undefined) throw new RangeError("retail-full needs --csv <online_retail.csv[.gz]>");
    const expected = Counted.parse(JSON.parse(await runProgram("test/bench/online-retail-totals.ts", [csv])));
    for (const [name, known] of Object.entries(KNOWN)) checkAnswer(name, expected[name as keyof Expected], known);
    const folder = mkdtempSync(path.join(tmpdir(), "strata-retail-"));
    try {
      const inOrder = path.join(folder, "in-order.ndjson");
      await runStrata("convert-online-retail", csv, inOrder);
      const shuffled = path.join(folder, "twice-shuffled.ndjson");
      writeFileSync(shuffled, `${shuffle(twice(readFileSync(inOrder, "utf8").trimEnd().split("\n"))).join("\n")}\n`);
      const passes: Pass[] = [
        { name: "in order of time", file: inOrder, batch: 500, concurrency: 4, kills: 0 },
        { name: "every event twice, shuffled", file: shuffled, batch: 77, concurrency: 6, kills: 0 },
        { name: "fold killed mid-batch", file: inOrder, batch: 200, concurrency: 4, kills: 10 },
      ];
      const rows = [];
      for (const pass of passes) {
        const result = await replayPass(pass);
        checkTotals(pass, result, expected);
        say(`${pass.name}: as counted in SQL`);
        rows.push(rowOf(pass, result));
      }
      const columns = [
        "the file, sent",
        "calls",
        "a request",
        "kills",
        "people",
        "with orders",
        "orders",
        "gross",
        "refunds",
        "refunded",
      ];
      return {
        figures: [
          { name: "people", value: expected.people, goal: { exactly: KNOWN.people } },
          { name: "orders", value: expected.orders, goal: { exactly: KNOWN.orders } },
        ],
        tables: [{ title: "UCI Online Retail through the local runtime", columns, rows }],
        notes: ["Checked: every figure of every row against the CSV counted in SQL (online-retail-totals.ts)."],
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function checkTotals(pass: Pass, { totals, refused, killed }: PassResult, expected: Expected): void {
  checkAnswer(`${pass.name}: refused`, refused, 0);
  checkAnswer(`${pass.name}: kills`, killed, pass.kills);
  checkAnswer(`${pass.name}: people`, totals.people, expected.people);
  checkAnswer(`${pass.name}: people with orders`, totals.buyers, expected.buyers);
  checkAnswer(`${pass.name}: orders`, totals.orders, expected.orders);
  checkAnswer(`${pass.name}: gross`, totals.revenue.amount, expected.revenueMinor);
  checkAnswer(`${pass.name}: refunds`, totals.refunds.count, expected.refunds);
  checkAnswer(`${pass.name}: refunded`, totals.refunds.amount.amount, expected.refundsMinor);
}

function rowOf({ name, batch }: Pass, { accepted, killed, totals }: PassResult): (string | number)[] {
  const pounds = (minor: number) => `£${(minor / 100).toLocaleString("en-GB", { minimumFractionDigits: 2 })}`;
  const { people, buyers, orders, revenue, refunds } = totals;
  return [
    ...[name, accepted, batch, killed, people, buyers, orders, pounds(revenue.amount)],
    ...[refunds.count, pounds(refunds.amount.amount)],
  ];
}

function twice(lines: readonly string[]): string[] {
  return [...lines, ...lines];
}

/** Fisher–Yates, the same in every run. */
function shuffle(lines: string[]): string[] {
  const random = seededRandom(4372);
  for (let n = lines.length - 1; n > 0; n--) {
    const other = random.below(n + 1);
    [lines[n], lines[other]] = [lines[other] ?? "", lines[n] ?? ""];
  }
  return lines;
}
