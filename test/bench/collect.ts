import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { decodeStreamRecord } from "#events/stream-record.ts";
import { makeMemoryKinesis } from "../support/memory-kinesis.ts";
import { type Benchmark, checkAnswer } from "./benchmark.ts";
import { EVENT_STREAM, makeCollector } from "./population/collector.ts";
import { shopBundle } from "./population/shop-definitions.ts";
import { checkShopEvents, eventOf } from "./population/shop-event.ts";
import { EVENTS_A_REQUEST, type ShopRequest, shopRequests } from "./population/shop-requests.ts";
import { timeRatio } from "./time-ratio.ts";

const DEFAULT_EVENTS = 40_000;
const START = Date.UTC(2026, 5, 1, 9);

export const collect: Benchmark = {
  name: "collect",
  summary: "the collect handler, 20 events of 1 KB a request, against JSON.parse and JSON.stringify of the same bodies",
  async run({ events = DEFAULT_EVENTS, runs, say }) {
    checkShopEvents();
    const requests = Array.from(
      shopRequests({
        requests: Math.ceil(events / EVENTS_A_REQUEST),
        eventsAPerson: 10,
        personOf: (visit) => visit,
        startAt: START,
      }),
    );
    await checkCollected(requests.slice(0, 100));
    say("what goes into the stream is what was sent");
    const bodies = requests.map(({ body }) => body);
    const bundle = shopBundle();
    const timed = await timeRatio({
      ours: () => collectAll(requests, bundle),
      yardstick: () => parseAndWriteAll(bodies),
      runs,
      say,
    });
    const sent = requests.length * EVENTS_A_REQUEST;
    return {
      figures: [
        {
          name: "here, events per second of processor time",
          value: sent / Math.min(...timed.ours.map((seconds) => seconds.process)),
          goal: { atLeast: 8500 },
        },
        { name: "speed, × JSON.parse and JSON.stringify of the bodies", value: timed.ratio },
        { name: "spread of the ratio over the runs (largest by smallest)", value: timed.spread },
        { name: "mean call as sent", value: bodies.join("").length / sent, unit: "bytes" },
      ],
      notes: [
        "The real handler with its middleware, validation, enrichment and stream adapter (zstd included), over a Kinesis in memory. Two people's events in each request.",
        "Checked: the events read back from the stream's records against those drawn.",
      ],
    };
  },
};

async function collectAll(requests: readonly ShopRequest[], bundle: CompiledBundle): Promise<void> {
  let now = 0;
  const send = makeCollector(bundle, makeMemoryKinesis(1).client, () => now);
  for (const { sentAt, body } of requests) {
    now = sentAt;
    await send(body);
  }
}

function parseAndWriteAll(bodies: readonly string[]): number {
  return bodies.reduce((sum, body) => sum + JSON.stringify(JSON.parse(body)).length, 0);
}

async function checkCollected(requests: readonly ShopRequest[]): Promise<void> {
  const bundle = shopBundle();
  const kinesis = makeMemoryKinesis(1);
  let now = 0;
  const send = makeCollector(bundle, kinesis.client, () => now);
  for (const { sentAt, body } of requests) {
    now = sentAt;
    await send(body);
  }
  const records = kinesis.shards(EVENT_STREAM).flat();
  const collected = records.flatMap(({ data }) => decodeStreamRecord("events", data));
  const expected = requests.flatMap(({ actions }) => actions.map((action) => eventOf(action, bundle.calendar)));
  checkAnswer("collected", JSON.stringify(collected), JSON.stringify(expected));
}
