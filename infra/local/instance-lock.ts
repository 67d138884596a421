import { readFileSync, rmSync, writeFileSync } from "node:fs";

interface Holder {
  readonly pid: number;
  /** What the kernel says of the process's start, where it says so: tells a reused pid from the holder. */
  readonly started?: string | undefined;
}

/** Another runtime works in the data directory. */
export class AlreadyRunningError extends Error {
  override readonly name = "AlreadyRunningError";
  readonly code = "already_running";
}

/**
 * Makes this process the only one in a data directory. A lock whose process is gone (kill -9) is taken over.
 *
 * @returns releases the lock
 * @throws AlreadyRunningError while its holder lives
 */
export function lockInstance(file: string): () => void {
  const holder: Holder = { pid: process.pid, started: startOf(process.pid) };
  for (let attempt = 0; ; attempt += 1) {
    try {
      writeFileSync(file, JSON.stringify(holder), { flag: "wx", mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt > 3) throw error;
    }
    const other = readHolder(file);
    if (other && lives(other)) throw new AlreadyRunningError(`process ${other.pid} already runs here`);
    rmSync(file, { force: true });
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    // Gone meanwhile, or torn by the death of its writer.
    return undefined;
  }
}

function lives({ pid, started }: Holder): boolean {
  // After a restart of a container the old holder's pid may be our own.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return started === undefined || startOf(pid) === started;
}

/** Field 22 of /proc/<pid>/stat, the start in ticks after boot (proc(5)); undefined on other systems. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
