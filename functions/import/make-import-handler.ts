import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import * as z from "zod";
import { processMessages } from "#aws/queue.ts";
import type { Telemetry } from "#aws/telemetry.ts";
import type { ImportPorts } from "#domain/imports/import-ports.ts";
import { runImport } from "#domain/imports/run-import.ts";

/** What is left of an invocation when its worker hands over: the rows under way and a checkpoint take no longer. */
const HAND_OVER_MS = 60_000;

const Message = z.object({ importId: z.string() });

/** ImportQueue → people into tags and segments. A message says only which import to look after; where it stands, the
 *  Work table knows. `endsAt` is when Lambda ends the invocation. */
export function makeImportHandler(
  ports: ImportPorts,
  { log, count }: Pick<Telemetry, "count"> & { log: Pick<Telemetry["log"], "info" | "warn"> },
): (event: SQSEvent, endsAt: number) => Promise<SQSBatchResponse> {
  return (event, endsAt) =>
    processMessages(
      event,
      Message,
      async ({ importId }) => {
        const turn = await runImport(ports, importId, {
          owner: ports.newId(),
          deadline: endsAt - HAND_OVER_MS,
          onSetback: (error) => log.warn("import_set_back", { importId, error: error as Error }),
        });
        log.info("import_turn", { importId, turn });
        if (turn === "ended") count("ImportsEnded", 1);
      },
      (error, { messageId }) => {
        log.warn("message_failed", { messageId, error: error as Error });
        count("ImportAttemptsFailed", 1);
      },
    );
}
