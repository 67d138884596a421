import { rfmSegments } from "#domain/rules/quantiles.ts";
import { convertOnlineRetail } from "../../console/cli/demo/convert-online-retail.ts";
import { type Benchmark, checkAnswer } from "./benchmark.ts";
import { compareScores } from "./rfm/compare-scores.ts";
import { scoreByProduct } from "./rfm/rfm-by-product.ts";
import { type Scored, scoreInSql } from "./rfm/rfm-in-sql.ts";

/** What the file holds, as everyone who uses it knows. */
const BUYERS = 4338;
const REVENUE_PENCE = 891_140_790;

export const rfm: Benchmark = {
  name: "rfm",
  summary: "scores and segments of every customer of the Online Retail file, against a DuckDB query (needs --csv)",
  onlyByName: true,
  async run({ csv, say }) {
    if (csv === undefined) throw new RangeError("rfm needs --csv <online_retail.csv[.gz]>");
    const inSql = await scoreInSql(csv);
    const total = sumPence(inSql);
    checkAnswer("buyers", inSql.length, BUYERS);
    checkAnswer("revenue in pence", total, REVENUE_PENCE);
    say(`${inSql.length} customers scored in SQL`);
    compareScores(await scoreByProduct(readCalls(csv)), inSql);
    say("ours are the same, customer by customer");
    const bySpending = inSql.toSorted((a, b) => b.pence - a.pence);
    const topFifth = sumPence(bySpending.slice(0, Math.floor(bySpending.length / 5))) / total;
    return {
      figures: [
        {
          name: "customers whose R, F, M, FM and segment are the same",
          value: inSql.length,
          goal: { exactly: BUYERS },
        },
        { name: "share of the revenue that the fifth who spent most brings", value: topFifth },
        { name: "share of the buyers who bring 80 % of the revenue", value: countFor(bySpending, 0.8) / inSql.length },
      ],
      tables: [{ title: "RFM segments on 10 December 2011", columns: COLUMNS, rows: rowsOf(inSql, total) }],
      notes: [
        "Ours: the CSV as calls, collection, the fold, the collector of a re-tiering run, its thresholds, the verdicts of rfm leaves, the tier of the example ladder. Theirs: one query over the CSV (rfm/rfm-in-sql.ts), written from the definitions.",
      ],
    };
  },
};

async function* readCalls(csv: string): AsyncIterable<object> {
  for await (const lines of convertOnlineRetail(csv)) for (const line of lines) yield JSON.parse(line) as object;
}

const COLUMNS = ["segment", "customers", "% of customers", "% of revenue"];

function rowsOf(scored: readonly Scored[], total: number): (string | number)[][] {
  const percent = (share: number) => Math.round(share * 1000) / 10;
  return rfmSegments.map((segment) => {
    const members = scored.filter((one) => one.segment === segment);
    return [segment, members.length, percent(members.length / scored.length), percent(sumPence(members) / total)];
  });
}

function sumPence(scored: readonly Scored[]): number {
  return scored.reduce((sum, { pence }) => sum + pence, 0);
}

/** How many of them, in their order, it takes to bring so much of the revenue. */
function countFor(scored: readonly Scored[], share: number): number {
  const wanted = sumPence(scored) * share;
  let [brought, people] = [0, 0];
  for (; brought < wanted; people++) brought += scored[people]?.pence ?? wanted;
  return people;
}
