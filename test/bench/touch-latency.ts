import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type Benchmark, checkAnswer } from "./benchmark.ts";
import { startClockedReceiver } from "./touches/clocked-receiver.ts";
import { openTouchStack } from "./touches/open-touch-stack.ts";

const PEOPLE = 1_000;
const A_SECOND = 100;
/** With room to spare on any machine: what the way itself takes. */
const FEW_A_SECOND = 10;
const FEW = 200;
const REQUESTS_A_SECOND = 10;
const DEFAULT_EVENTS = 1_000;
const WARM_UP = 300;
const BURST = 1_000;
/** As a rule one event in many asks for a message. */
const ONE_IN = 10;

type Receiver = Awaited<ReturnType<typeof startClockedReceiver>>;
type Stack = Awaited<ReturnType<typeof openTouchStack>>;

export const touchLatency: Benchmark = {
  name: "touch-latency",
  summary: "the local runtime, 100 events a second: from an event to the call of a provider; calls of SQS a message",
  onlyByName: true,
  async run({ events = DEFAULT_EVENTS, say }) {
    const receiver = await startClockedReceiver();
    const stack = await openTouchStack(receiver.port);
    try {
      await stack.collect(
        Array.from({ length: PEOPLE }, (_, n) => ({ type: "identify", userId: `u${n}`, traits: { n } })),
      );
      await stack.quiet();
      await pacedBy(A_SECOND)(stack, numbersFrom(0, WARM_UP));
      await stack.quiet();
      say("warm");
      const loadBefore = loadavg()[0] ?? 0;
      const few = await measure(stack, receiver, numbersFrom(WARM_UP, FEW), pacedBy(FEW_A_SECOND));
      say(`${FEW_A_SECOND} a second are through`);
      const mixed = await measure(
        stack,
        receiver,
        numbersFrom(WARM_UP + FEW + events + BURST, Math.ceil(events / ONE_IN)),
        pacedBy(A_SECOND, ONE_IN),
      );
      say(`${A_SECOND} a second, one in ${ONE_IN} of which asks for a message, are through`);
      const paced = await measure(stack, receiver, numbersFrom(WARM_UP + FEW, events), pacedBy(A_SECOND));
      say(`${A_SECOND} a second are through`);
      const burst = await measure(stack, receiver, numbersFrom(WARM_UP + FEW + events, BURST), sendAtOnce);
      checkAnswer(
        "calls of the provider",
        receiver.countCalls(),
        WARM_UP + FEW + events + BURST + Math.ceil(events / ONE_IN),
      );
      return {
        figures: [
          { name: `event to provider's call, ${FEW_A_SECOND} a second: median`, value: few.quantile(0.5), unit: "s" },
          { name: "95th percentile", value: few.quantile(0.95), unit: "s" },
          {
            name: `the same, ${A_SECOND} a second, one in ${ONE_IN} asks for a message: median`,
            value: mixed.quantile(0.5),
            unit: "s",
          },
          { name: "95th percentile of these", value: mixed.quantile(0.95), unit: "s", goal: { atMost: 2 } },
          { name: `the same, ${A_SECOND} a second, each asks for one: median`, value: paced.quantile(0.5), unit: "s" },
          {
            name: "95th percentile of these, each asking",
            value: paced.quantile(0.95),
            unit: "s",
            goal: { atMost: 2 },
          },
          { name: `calls of SQS a message, ${A_SECOND} a second`, value: paced.callsAMessage, goal: { atMost: 0.3 } },
          { name: `the same, ${BURST} at once`, value: burst.callsAMessage, goal: { atMost: 0.3 } },
          { name: `${BURST} at once: until the last call`, value: burst.quantile(1), unit: "s" },
          { name: "processor time of the runtime an event", value: paced.processorMs, unit: "ms" },
          { name: "load of the machine, one minute, when it began", value: loadBefore },
        ],
        notes: [
          `${events} events of ${PEOPLE} people through HTTP, collect, fold, decide and send, to a webhook on this machine; the clock is not steered. The time is from before the request to its arrival there.`,
          "Batching windows are 200 ms at most here, a second on AWS: of the fold, of decide and of the channel's queue.",
          "Calls of SQS: to send, to receive and to delete; with full batches of ten messages of two touches each it is 0.15.",
          "Each event asks for a message, and each message sent is an event again. A core has 1,000 ms of processor time a second: at 100 events a second the runtime, emulators and all, needs a tenth of the figure in cores.",
          "Checked: the provider was called once for each event.",
        ],
      };
    } finally {
      await stack.stop();
      receiver.stop();
    }
  },
};

type Send = (stack: Stack, numbers: readonly number[]) => Promise<ReadonlyMap<number, number>>;

/** Sends events and waits until all have come; seconds from one to the other, and calls of SQS. */
async function measure(stack: Stack, receiver: Receiver, numbers: readonly number[], send: Send) {
  const callsBefore = await stack.countCalls();
  const processorBefore = stack.readProcessorSeconds();
  const sentAt = await send(stack, numbers);
  await stack.quiet();
  const calls = (await stack.countCalls()) - callsBefore;
  const seconds = numbers
    .map((n) => ((receiver.cameAt.get(n) ?? Number.NaN) - (sentAt.get(n) ?? Number.NaN)) / 1000)
    .toSorted((a, b) => a - b);
  return {
    callsAMessage: calls / numbers.length,
    processorMs: (1000 * (stack.readProcessorSeconds() - processorBefore)) / numbers.length,
    /** The value that a share of all does not exceed. */
    quantile: (share: number) => seconds[Math.max(0, Math.ceil(share * seconds.length) - 1)] ?? Number.NaN,
  };
}

/** Ten requests a second; one that is slow holds no other up. Of the events `oneIn` asks for a message: the numbered ones;
 *  the others are other people's. */
function pacedBy(aSecond: number, oneIn = 1): Send {
  const aRequest = aSecond / REQUESTS_A_SECOND / oneIn;
  return async (stack, numbers) => {
    const sentAt = new Map<number, number>();
    const requests: Promise<void>[] = [];
    const startedAt = performance.now();
    for (let start = 0; start < numbers.length; start += aRequest) {
      await sleep(Math.max(0, startedAt + ((start * oneIn) / aSecond) * 1000 - performance.now()));
      const own = numbers.slice(start, start + aRequest);
      const at = performance.now();
      for (const n of own) sentAt.set(n, at);
      requests.push(stack.collect(own.flatMap((n) => [eventOf(n), ...othersBeside(n, oneIn - 1)])));
    }
    await Promise.all(requests);
    return sentAt;
  };
}

async function sendAtOnce(stack: Stack, numbers: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const at = performance.now();
  await stack.collect(numbers.map(eventOf));
  return new Map(numbers.map((n) => [n, at]));
}

function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, n) => first + n);
}

/** Events of other people that no journey names. */
function othersBeside(n: number, count: number): object[] {
  return numbersFrom(n * count + 1, count).map((other) => ({
    type: "track",
    userId: `u${other % PEOPLE}`,
    event: "Thing Seen",
    properties: { other },
  }));
}

function eventOf(n: number) {
  return { type: "track", userId: `u${n % PEOPLE}`, event: "Thing Done", properties: { n } };
}
