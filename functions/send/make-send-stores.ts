import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KinesisClient } from "@aws-sdk/client-kinesis";
import type { readConfig } from "#aws/config.ts";
import type { Turn } from "#aws/gather-calls.ts";
import { shareReads } from "#aws/share-reads.ts";
import { shareRecords } from "#aws/share-records.ts";
import { sleep as realSleep, type Sleep } from "#aws/sleep.ts";
import { makeCapStore } from "#aws/stores/cap-store.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeSuppressionStore } from "#aws/stores/suppression-store.ts";
import { makeTimerStore } from "#aws/stores/timer-store.ts";
import { makeTouchStore } from "#aws/stores/touch-store.ts";
import { makeWorkStore } from "#aws/stores/work-store.ts";
import { makeEventStream } from "#aws/streams/event-stream.ts";
import type { SendPorts } from "#domain/sending/send-ports.ts";

/** The settings of the stores of a sender. */
export const SEND_STORE_SETTINGS = [
  "STRATA_TABLE_TOUCHES",
  "STRATA_TABLE_PROFILES",
  "STRATA_TABLE_SUPPRESSIONS",
  "STRATA_TABLE_CAPS",
  "STRATA_TABLE_TIMERS",
  "STRATA_TABLE_WORK",
  "STRATA_EVENT_STREAM",
] as const;

type Config = Pick<
  ReturnType<typeof readConfig<(typeof SEND_STORE_SETTINGS)[number]>>,
  (typeof SEND_STORE_SETTINGS)[number]
>;
type SendStores = Pick<SendPorts, "touches" | "profiles" | "suppressions" | "caps" | "timers" | "work" | "events">;

/** What a sender reads and writes. The touches of a batch go the same way at the same time: what they read, and what they
 *  tell the event stream, they share calls for. Waiting is given, so that a simulation can run the very same adapters. */
export function makeSendStores(
  config: Config,
  clients: { readonly dynamo: DynamoDBClient; readonly kinesis: Pick<KinesisClient, "send"> },
  { sleep = realSleep, turn }: { readonly sleep?: Sleep; readonly turn?: Turn } = {},
): SendStores {
  const { dynamo } = clients;
  const shared = shareReads(dynamo, turn);
  return {
    touches: makeTouchStore({ dynamo: shared, table: config.STRATA_TABLE_TOUCHES }),
    profiles: makeProfileStore({ dynamo: shared, table: config.STRATA_TABLE_PROFILES, sleep }),
    suppressions: makeSuppressionStore({ dynamo: shared, table: config.STRATA_TABLE_SUPPRESSIONS }),
    caps: makeCapStore({ dynamo: shared, table: config.STRATA_TABLE_CAPS }),
    timers: makeTimerStore({ dynamo, table: config.STRATA_TABLE_TIMERS }),
    work: makeWorkStore({ dynamo, table: config.STRATA_TABLE_WORK }),
    events: makeEventStream({
      kinesis: shareRecords(clients.kinesis, turn),
      stream: config.STRATA_EVENT_STREAM,
      sleep,
    }),
  };
}
