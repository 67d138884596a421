import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Call, Sender } from "./sender-calls.ts";

const sample = new URL("../../console/cli/demo/data/online-retail-sample.ndjson.gz", import.meta.url);

/** The demo's sample as it is, in 2010 and 2011: each customer's calls come from a till of their own. */
export function readRetailStream(): Sender[] {
  const lines = gunzipSync(readFileSync(sample)).toString("utf8").trimEnd().split("\n");
  const calls = lines.map((line) => JSON.parse(line) as Call);
  return [...Map.groupBy(calls, ({ userId }) => `userId:${userId}`)].map(([person, own]) => {
    return { person, source: "store", calls: own };
  });
}
