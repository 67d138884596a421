import { convertOnlineRetail } from "../../console/cli/demo/convert-online-retail.ts";
import { type Benchmark, checkAnswer } from "./benchmark.ts";
import { measureByProduct } from "./measures/measures-by-product.ts";
import { measureInSql, OrderMeasures } from "./measures/measures-in-sql.ts";

const DAY_MS = 86_400_000;

export const measures: Benchmark = {
  name: "measures",
  summary: "what a run measures of the Online Retail file, against DuckDB queries (needs --csv)",
  onlyByName: true,
  async run({ csv, say }) {
    if (csv === undefined) throw new RangeError("measures needs --csv <online_retail.csv[.gz]>");
    const inSql = await measureInSql(csv);
    say(`${inSql.overall.orders} orders of ${inSql.overall.buyers} customers measured in SQL`);
    const ours = await measureByProduct(readCalls(csv));
    const names = OrderMeasures.keyof().options;
    for (const name of names) checkAnswer(name, ours.overall[name], inSql.overall[name]);
    checkAnswer("every figure is exact", String(ours.exact), "true");
    const first = ours.days[0]?.day ?? 0;
    const days = inSql.days.filter(({ day }) => day >= first);
    checkAnswer("days", ours.days.length, days.length);
    for (const [n, theirs] of days.entries()) {
      for (const name of ["day", "buyers", "orders", "revenue"] as const) {
        const date = new Date(theirs.day * DAY_MS).toISOString().slice(0, 10);
        checkAnswer(`${name} of ${date}`, ours.days[n]?.[name] ?? "none", theirs[name]);
      }
    }
    say("ours are the same, day by day");
    return {
      figures: [
        { name: "days whose buyers, orders and revenue are the same", value: days.length },
        ...names.map((name) => ({ name, value: ours.overall[name], goal: { exactly: inSql.overall[name] } })),
      ],
      notes: [
        "Ours: the CSV as calls, collection, the fold, the tallies of eight slices, merged. Theirs: queries over the CSV (measures/measures-in-sql.ts), written from the definitions. Amounts in pence.",
      ],
    };
  },
};

async function* readCalls(csv: string): AsyncIterable<object> {
  for await (const lines of convertOnlineRetail(csv)) for (const line of lines) yield JSON.parse(line) as object;
}
