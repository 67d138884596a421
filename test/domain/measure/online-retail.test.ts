import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createGunzip } from "node:zlib";
import { expect, test } from "vitest";
import { measureByProduct } from "../../bench/measures/measures-by-product.ts";
import { measureInSql } from "../../bench/measures/measures-in-sql.ts";

const SAMPLE = fileURLToPath(new URL("../../../console/cli/demo/data/online-retail-sample.ndjson.gz", import.meta.url));

async function* readCalls(): AsyncIterable<object> {
  for await (const line of createInterface({ input: createReadStream(SAMPLE).pipe(createGunzip()) })) {
    yield JSON.parse(line) as object;
  }
}

test("the measures of the demo's shop are those that a query over its calls finds, day by day too", async () => {
  const inSql = await measureInSql(SAMPLE);
  const ours = await measureByProduct(readCalls());
  expect(ours.overall).toEqual(inSql.overall);
  expect(ours.overall).toMatchObject({
    buyers: 297,
    orders: 1_165,
    revenue: 57_372_130,
    repurchaseRate: 186 / 297,
    medianDaysBetweenPurchases: 25,
  });
  expect(ours.exact).toBe(true);
  // Daily figures begin a year before the run, the shop a week earlier.
  const first = ours.days[0]?.day ?? 0;
  expect(ours.days).toEqual(inSql.days.filter(({ day }) => day >= first));
  expect(ours.days.length).toBeGreaterThan(250);
});
