import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createGunzip } from "node:zlib";
import { expect, test } from "vitest";
import { rfmSegments } from "#domain/rules/quantiles.ts";
import { compareScores } from "../../bench/rfm/compare-scores.ts";
import { scoreByProduct } from "../../bench/rfm/rfm-by-product.ts";
import { scoreInSql } from "../../bench/rfm/rfm-in-sql.ts";

const SAMPLE = fileURLToPath(new URL("../../../console/cli/demo/data/online-retail-sample.ndjson.gz", import.meta.url));

async function* readCalls(): AsyncIterable<object> {
  for await (const line of createInterface({ input: createReadStream(SAMPLE).pipe(createGunzip()) })) {
    yield JSON.parse(line) as object;
  }
}

test("every buyer of the demo's shop has the scores and the segment that a query over its calls finds", async () => {
  const inSql = await scoreInSql(SAMPLE);
  expect(inSql.length).toBe(297);
  expect(new Set(inSql.map(({ segment }) => segment))).toEqual(new Set(rfmSegments));
  compareScores(await scoreByProduct(readCalls()), inSql);
});
