import { Writable } from "node:stream";
import { runCli } from "../../../console/cli/cli.ts";
import { type Environment, readEnvironment } from "../../../console/cli/environment.ts";

/** Keeps what is written to it. */
class Captured extends Writable {
  text = "";
  readonly isTTY: boolean;
  readonly columns = 100;
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString("utf8");
    done();
  }
}

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, away from any local runtime of this machine. */
export async function runStrata(
  argv: readonly string[],
  options: { env?: Partial<Environment>; tty?: boolean } = {},
): Promise<Ran> {
  const tty = options.tty ?? false;
  const streams = { stdin: { isTTY: tty }, stdout: new Captured(tty), stderr: new Captured(tty) };
  const env = { ...readEnvironment({ STRATA_DATA_DIR: "/nonexistent" }), ...options.env };
  const exitCode = await runCli(argv, env, streams);
  return { exitCode, stdout: streams.stdout.text, stderr: streams.stderr.text };
}
