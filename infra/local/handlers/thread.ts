import path from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { printTo } from "./function-log.ts";
import type { FunctionError, InvocationAnswer, InvocationRequest, ThreadStart } from "./messages.ts";
import { steerDate } from "./steer-date.ts";

type Handler = (event: unknown, context: unknown) => unknown;

// A Lambda execution environment in a thread: loads the bundle once, then runs one invocation after another.
if (!parentPort) throw new Error("handlers/thread.ts runs as a worker thread");
const port = parentPort;
const { file, exportName, clock, logFile } = workerData as ThreadStart;
printTo(logFile);
steerDate(clock);
const loading = load();
// A bundle that fails to load fails each invocation, as on Lambda; without this the thread would die of it first.
loading.catch(() => undefined);

port.on("message", (request: InvocationRequest) => {
  void run(request).then((answer) => port.postMessage(answer));
});

async function load(): Promise<Handler> {
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const handler = module[exportName];
  if (typeof handler !== "function") throw new Error(`${path.basename(file)} exports no function ${exportName}`);
  return handler as Handler;
}

async function run(request: InvocationRequest): Promise<InvocationAnswer> {
  try {
    const handler = await loading;
    const result = await handler(JSON.parse(request.event), makeContext(request));
    return { ok: true, payload: JSON.stringify(result) ?? "null" };
  } catch (error) {
    // Lambda writes the error of a failed invocation to the function's log.
    console.error(error);
    return { ok: false, error: describe(error) };
  }
}

/** The parts of Lambda's context object that a handler may use. */
function makeContext(request: InvocationRequest) {
  const started = performance.now();
  return {
    awsRequestId: request.requestId,
    functionName: request.functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: request.functionArn,
    memoryLimitInMB: String(request.memoryMb),
    logGroupName: `/aws/lambda/${request.functionName}`,
    logStreamName: "local",
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(request.timeoutMs - (performance.now() - started))),
  };
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: "Unhandled", errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") };
}
