import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";

const root = path.resolve(import.meta.dirname, "../..");

const LocalFile = z.object({
  url: z.string(),
  adminToken: z.string(),
  writeKeys: z.record(z.string(), z.string()),
  mailboxUrl: z.string(),
  pid: z.int(),
});
const Status = z.object({ quiet: z.boolean() });

/** The real runtime in a process of its own, on a free port. */
export interface LocalStack extends z.infer<typeof LocalFile> {
  readonly dataDir: string;
  /** Ctrl-C, and removes the data directory if this module made it. Rejects where the runtime does not stop cleanly. */
  stop(): Promise<void>;
  /** kill -9; the data directory stays. */
  kill(): void;
  /** Returns once every record of every stream is consumed. */
  quiet(): Promise<void>;
  /** A request with the admin token, e.g. `admin("/admin/v1/totals")`. */
  admin(requestPath: string, init?: RequestInit): Promise<Response>;
}

interface LocalStackOptions {
  /** No demo data; true unless said otherwise. */
  readonly empty?: boolean;
  /** A temporary one where it is left out. */
  readonly dataDir?: string;
  readonly args?: readonly string[];
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

const startLimitMs = 90_000;
const quietLimitMs = 120_000;

/** Starts the local runtime and returns once it is ready. Rejects with its output where it ends before that. */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const { empty = true, args = [], env = {} } = options;
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), "strata-"));
  const child = spawn(
    process.execPath,
    [
      path.join(root, "infra/local/main.ts"),
      ...["--port", "0", "--data-dir", dataDir],
      ...(empty ? ["--empty"] : []),
      ...args,
    ],
    { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const local = await waitUntilReady(child, path.join(dataDir, "local.json"));
  const admin = (requestPath: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${local.adminToken}`);
    return fetch(new URL(requestPath, local.url), { ...init, headers });
  };
  return {
    ...local,
    dataDir,
    admin,
    async stop() {
      const exited = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
      child.kill("SIGINT");
      const [code] = ((await exited) ?? [0]) as [number | null];
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
      if (code !== 0) throw new Error(`the local runtime ended with ${code}`);
    },
    kill() {
      child.kill("SIGKILL");
    },
    async quiet() {
      const until = performance.now() + quietLimitMs;
      while (!Status.parse(await (await admin("/local/status")).json()).quiet) {
        if (performance.now() > until) throw new Error("the local runtime did not become quiet");
        await delay(50);
      }
    },
  };
}

/** Reads local.json, not the output; the output only tells why it failed. */
async function waitUntilReady(child: ChildProcess, file: string): Promise<z.infer<typeof LocalFile>> {
  let output = "";
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-10_000);
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  const until = performance.now() + startLimitMs;
  while (performance.now() < until && child.exitCode === null && child.signalCode === null) {
    const local = readLocalFile(file);
    // One that another process left behind says another pid.
    if (local && local.pid === child.pid) return local;
    await delay(25);
  }
  child.kill("SIGKILL");
  throw new Error(`the local runtime did not become ready:\n${output}`);
}

function readLocalFile(file: string): z.infer<typeof LocalFile> | undefined {
  try {
    return LocalFile.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}
