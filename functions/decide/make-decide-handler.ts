import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import { processInOrder } from "#aws/stream.ts";
import { decideFacts } from "#domain/journeys/decide-facts.ts";
import type { JourneyMetric, JourneyPorts } from "#domain/journeys/journey-ports.ts";
import type { RefusalTally } from "#domain/journeys/refusal-tally.ts";
import { Fact } from "#events/fact.ts";
import { decodeStreamRecord } from "#events/stream-record.ts";

export interface DecideHandlerPorts extends JourneyPorts {
  readonly refusals: RefusalTally;
  readonly count: (metric: JourneyMetric | "RecordsUnreadable", n: number) => void;
}

/** FactStream → runs of journeys and requests of touches, in order for each person. A record that cannot be read is
 *  counted; the index, which reads the same stream, keeps it. `onFailure` hears of each record that must come again. */
export function makeDecideHandler(
  ports: DecideHandlerPorts,
  onFailure: (error: unknown, record: KinesisStreamRecord) => void,
): (event: KinesisStreamEvent) => Promise<KinesisStreamBatchResponse> {
  return async (event) => {
    const answer = await processInOrder(
      event.Records,
      async ({ kinesis }) => {
        const facts = readFacts(Buffer.from(kinesis.data, "base64"));
        if (facts) await decideFacts(ports, facts);
        else ports.count("RecordsUnreadable", 1);
      },
      onFailure,
    );
    await ports.refusals.flush();
    return answer;
  };
}

/** Undefined where the bytes are no facts: no retry can change that. */
function readFacts(data: Uint8Array): Fact[] | undefined {
  try {
    return decodeStreamRecord("facts", data).map((fact) => Fact.parse(fact));
  } catch {
    return undefined;
  }
}
