import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { ChannelSurroundings } from "#aws/channels/make-channels.ts";
import { makeDefinitionsCache } from "#aws/definitions-cache.ts";
import { makeWorkQueue } from "#aws/queues/work-queue.ts";
import { makeSecretsByName } from "#aws/secrets-by-name.ts";
import { makeInappStore } from "#aws/stores/inapp-store.ts";
import type { SendPorts } from "#domain/sending/send-ports.ts";
import type { ChannelName } from "#events/definitions/template.ts";
import { makeSendHandler } from "#functions/send/make-send-handler.ts";
import { makeSendStores } from "#functions/send/make-send-stores.ts";
import { makeMemoryRenderer } from "../../support/memory-renderer.ts";
import { CONFIG, type Equipment } from "../functions.ts";
import { linkKeyOf, MAX_AGE_MS, MESSAGE_CONFIG, storeOf } from "./message-config.ts";
import { secrets } from "./secrets.ts";

/** The sender of a channel as it is deployed.
 *  @param channelsOver makes its adapters over a network. */
export function startSending(
  equipment: Equipment,
  channel: ChannelName,
  channelsOver: (of: Omit<ChannelSurroundings, "network">) => SendPorts["channelOf"],
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { sandbox, dynamo, kinesis, s3, sqs, newId, count, tell } = equipment;
  const { now, sleep } = sandbox;
  const report = (what: string, context: object) => tell(() => `${sandbox.name} ${what} ${JSON.stringify(context)}`);
  const stores = makeSendStores(MESSAGE_CONFIG, { dynamo, kinesis }, { sleep, turn: () => sleep(1) });
  const channelOf = channelsOver({
    secretOf: makeSecretsByName({ secrets, now }),
    inbox: makeInappStore({ dynamo, table: CONFIG.STRATA_TABLE_RUNS, now }),
    allowedHosts: new Set(),
    work: stores.work,
    sleep,
    now,
    log: report,
  });
  return makeSendHandler(
    {
      channel,
      queue: makeWorkQueue({ sqs, url: channel, sleep }),
      ...stores,
      definitions: makeDefinitionsCache({ store: storeOf({ dynamo, s3 }), maxAgeMs: MAX_AGE_MS, now }),
      renderer: makeMemoryRenderer(),
      channelOf,
      linkKey: linkKeyOf(now),
      publicUrl: MESSAGE_CONFIG.STRATA_PUBLIC_URL,
      now,
      sleep,
      // Says whose claim it is.
      newId: () => `${sandbox.name}/${newId()}`,
      logFailure: (error, context) => report(String(error), context),
    },
    {
      log: { info: () => {}, warn: (message: string, context: object) => report(message, context) } as never,
      countBy: (metric, { reason }, n) => {
        if (reason !== undefined) count(`${metric} ${reason}`, n);
      },
    },
  );
}
