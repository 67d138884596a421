import path from "node:path";
import { Cleanup } from "./cleanup.ts";
import { isEmpty, startDemo } from "./demo.ts";
import { AlreadyRunningError } from "./instance-lock.ts";
import { type Options, readOptions, UsageError, usage } from "./options.ts";
import { startRuntime } from "./runtime.ts";
import { stopOnSignals } from "./stop-on-signals.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** `npm start`: starts the local runtime, says when it is ready, loads the demo into an empty store, waits for Ctrl-C. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === "help") {
    console.log(usage);
    return;
  }
  const cleanup = new Cleanup();
  stopOnSignals(cleanup);
  try {
    await start(options, cleanup);
  } catch (error) {
    await cleanup.run(console.error);
    throw error;
  }
}

async function start(options: Options, cleanup: Cleanup): Promise<void> {
  const startedAt = performance.now();
  const { url, adminToken, mailboxUrl } = await startRuntime(root, options, cleanup, console.log);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const localFile = path.relative(process.cwd(), path.join(options.dataDir, "local.json"));
  console.log(`Strata is ready on ${url} (${seconds} s). Admin token and write keys: ${localFile}. Ctrl-C stops it.`);
  console.log(`What it sends over SES is shown on ${mailboxUrl}.`);

  if (options.empty || !(await isEmpty(url, adminToken))) return;
  const demo = startDemo(root, url, adminToken, path.resolve(options.dataDir));
  cleanup.add(() => demo.kill());
}

/** What a person can do something about is said in a line; anything else with its stack. */
function explain(error: unknown): unknown {
  if (error instanceof UsageError) return `${error.message}\n\n${usage}`;
  if (error instanceof AlreadyRunningError) {
    return `Strata: ${error.message}. Stop it, or choose another --data-dir and --port.`;
  }
  if ((error as NodeJS.ErrnoException | undefined)?.code === "EADDRINUSE") {
    return "Strata: the port is in use. Choose another: npm start -- --port 4700";
  }
  return error;
}

try {
  await main();
} catch (error) {
  console.error(explain(error));
  process.exit(error instanceof UsageError ? 2 : 1);
}
