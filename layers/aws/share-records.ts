import { type KinesisClient, PutRecordsCommand, type PutRecordsRequestEntry } from "@aws-sdk/client-kinesis";
import { gatherCalls, type Turn } from "./gather-calls.ts";

/** PutRecords' own limits, the second less some room for its envelope. */
const RECORDS_A_CALL = 500;
const BYTES_A_CALL = 4.5 * 1024 * 1024;

interface Waiting {
  readonly stream: string;
  readonly records: readonly PutRecordsRequestEntry[];
  readonly settle: PromiseWithResolvers<object>;
}

/** A client for many who each put records at the same time: what they put into a stream leaves in one PutRecords, and each
 *  hears of its own. What is put at the same time has no order, whoever's key it has. */
export function shareRecords(kinesis: Pick<KinesisClient, "send">, turn?: Turn): Pick<KinesisClient, "send"> {
  const join = gatherCalls<Waiting>({
    keyOf: ({ stream }) => stream,
    sizeOf: ({ records }) => [records.length, records.reduce((sum, record) => sum + bytesOf(record), 0)],
    limits: [RECORDS_A_CALL, BYTES_A_CALL],
    call: putTogether,
    turn,
  });

  async function putTogether(puts: readonly Waiting[]): Promise<void> {
    try {
      const Records = puts.flatMap(({ records }) => records);
      const answer = await kinesis.send(new PutRecordsCommand({ StreamName: puts[0]?.stream, Records }));
      let first = 0;
      for (const { records, settle } of puts) {
        const own = answer.Records?.slice(first, first + records.length) ?? [];
        const refused = own.filter(({ ErrorCode }) => ErrorCode !== undefined);
        settle.resolve({ FailedRecordCount: refused.length, Records: own });
        first += records.length;
      }
    } catch (error) {
      for (const { settle } of puts) settle.reject(error);
    }
  }

  function send(command: object, ...options: unknown[]): unknown {
    const { StreamName: stream, Records: records, ...more } = command instanceof PutRecordsCommand ? command.input : {};
    const isPlain = options.length === 0 && Object.keys(more).length === 0;
    if (!isPlain || stream === undefined || !records)
      return Reflect.apply(kinesis.send, kinesis, [command, ...options]);
    const settle = Promise.withResolvers<object>();
    join({ stream, records, settle });
    return settle.promise;
  }

  return { send } as Pick<KinesisClient, "send">;
}

function bytesOf({ Data, PartitionKey = "" }: PutRecordsRequestEntry): number {
  return (Data?.length ?? 0) + PartitionKey.length;
}
