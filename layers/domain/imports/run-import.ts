import { applyFile } from "./apply-file.ts";
import { checkFile } from "./check-file.ts";
import { HeldImport, ImportLostError } from "./held-import.ts";
import { ImportError } from "./import-error.ts";
import type { ImportPorts } from "./import-ports.ts";
import { removeAbsent } from "./remove-absent.ts";

/** SQS holds a message back no longer. A worker that dies is replaced after this. */
const WATCH_MS = 15 * 60_000;
/** The list of members follows the profiles by moments; `replace` looks at it no earlier than this after the start. */
const INDEX_LAG_MS = 5_000;
const FIRST_PAUSE_MS = 2_000;
const MAX_SETBACKS = 8;

/** How a worker's turn ended, for the log. */
export type ImportTurn = "nothing_to_do" | "ended" | "goes_on" | "lost" | "set_back";

/** Works one import until it has ended or `deadline` has passed, and then sees to it that another worker goes on. Any
 *  number of workers, killed anywhere, come to the same end. Throws where attempts keep failing without getting anywhere. */
export async function runImport(
  ports: ImportPorts,
  importId: string,
  { owner, deadline, onSetback }: { owner: string; deadline: number; onSetback: (error: unknown) => void },
): Promise<ImportTurn> {
  const held = await HeldImport.take(ports.work, importId, { owner, now: ports.now });
  if (!held) return "nothing_to_do";
  // Should this worker die, whoever gets this goes on; should it live, whoever gets this finds nothing to do.
  await ports.queue.send([{ importId }], { delayMs: WATCH_MS });
  try {
    const waitMs = await workUntil(ports, held, deadline);
    if (waitMs === undefined) return "ended";
    await held.finish({});
    await ports.queue.send([{ importId }], { delayMs: waitMs });
    return "goes_on";
  } catch (error) {
    if (error instanceof ImportLostError) return "lost";
    if (error instanceof ImportError) return await fail(ports, held, error);
    return await setBack(ports, held, error, onSetback);
  }
}

/** Undefined where the import has ended; else after how many milliseconds it is to go on. */
async function workUntil(ports: ImportPorts, held: HeldImport, deadline: number): Promise<number | undefined> {
  for (;;) {
    const { phase, startedAt = 0 } = held.job;
    if (phase === "checking") await checkFile(ports, held);
    else if (phase === "applying") {
      if ((await applyFile(ports, held, deadline)) === "out_of_time") return 0;
    } else if (phase === "removing") {
      const early = startedAt + INDEX_LAG_MS - ports.now();
      if (early > 0) return early;
      if ((await removeAbsent(ports, held, deadline)) === "out_of_time") return 0;
    } else {
      await report(ports, held);
      await held.finish({ status: "done", finishedAt: ports.now() });
      return undefined;
    }
  }
}

async function report(ports: ImportPorts, { job }: HeldImport): Promise<void> {
  if (job.errorParts.length > 0) await ports.objects.writeErrors(job.importId, job.errorParts);
}

/** What is wrong with the file or the target ends the import; what was applied stays, and what was refused is told. */
async function fail(ports: ImportPorts, held: HeldImport, error: ImportError): Promise<ImportTurn> {
  const { code, message, row, column } = error;
  await report(ports, held);
  await held.finish({
    status: "failed",
    finishedAt: ports.now(),
    failure: { code, message, ...(row !== undefined && { row }), ...(column !== undefined && { column }) },
  });
  return "ended";
}

/** A store or a stream that did not answer: later, and each time later. */
async function setBack(
  ports: ImportPorts,
  held: HeldImport,
  error: unknown,
  onSetback: (error: unknown) => void,
): Promise<ImportTurn> {
  const setbacks = held.job.setbacks + 1;
  if (setbacks > MAX_SETBACKS) throw error;
  onSetback(error);
  const { importId } = held.job;
  await held.finish({ setbacks });
  await ports.queue.send([{ importId }], { delayMs: FIRST_PAUSE_MS * 2 ** setbacks });
  return "set_back";
}
