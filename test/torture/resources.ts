import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** What a process and its data directory take, at one instant. */
export interface Sample {
  /** Of the runtime's process: resident bytes, open descriptors and threads. Undefined where there is no /proc. */
  readonly memory?: number;
  readonly descriptors?: number;
  readonly threads?: number;
  /** Bytes on disk by top folder or file of the data directory. */
  readonly disk: Readonly<Record<string, number>>;
}

export function takeSample(pid: number, dataDir: string): Sample {
  return { ...readProcess(pid), disk: readDisk(dataDir) };
}

function readProcess(pid: number): Pick<Sample, "memory" | "descriptors" | "threads"> {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    return {
      memory: field("VmRSS") * 1024,
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      threads: field("Threads"),
    };
  } catch {
    return {};
  }
}

function readDisk(dataDir: string): Record<string, number> {
  return Object.fromEntries(list(dataDir).map((name) => [name, sizeOf(path.join(dataDir, name))]));
}

function sizeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found?.size ?? 0;
  return list(file).reduce((sum, name) => sum + sizeOf(path.join(file, name)), 0);
}

/** Files come and go while the runtime works. */
function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The largest of each figure. */
export function takePeak(a: Sample, b: Sample): Sample {
  const largest = (x: number | undefined, y: number | undefined): number => Math.max(x ?? 0, y ?? 0);
  return {
    memory: largest(a.memory, b.memory),
    descriptors: largest(a.descriptors, b.descriptors),
    threads: largest(a.threads, b.threads),
    disk: Object.fromEntries(
      [...new Set([...Object.keys(a.disk), ...Object.keys(b.disk)])].map((name) => [
        name,
        largest(a.disk[name], b.disk[name]),
      ]),
    ),
  };
}

export const sumDisk = ({ disk }: Sample): number => Object.values(disk).reduce((sum, bytes) => sum + bytes, 0);
