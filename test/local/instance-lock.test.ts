import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { AlreadyRunningError, lockInstance } from "../../infra/local/instance-lock.ts";

const makeFile = (): string => path.join(mkdtempSync(path.join(tmpdir(), "strata-lock-")), "lock");
const startOf = (pid: number): string | undefined => {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  const stat = readFileSync(file, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
};

describe("the lock of a data directory", () => {
  test("is free again once it is released", () => {
    const file = makeFile();
    lockInstance(file)();
    expect(existsSync(file)).toBe(false);
    lockInstance(file)();
  });

  test("is refused while its holder lives", () => {
    const file = makeFile();
    writeFileSync(file, JSON.stringify({ pid: process.ppid, started: startOf(process.ppid) }));
    expect(() => lockInstance(file)).toThrow(AlreadyRunningError);
  });

  test.each<[string, () => string]>([
    ["of a process that was killed", () => JSON.stringify({ pid: spawnSync(process.execPath, ["-v"]).pid })],
    ["whose pid now belongs to another process", () => JSON.stringify({ pid: process.ppid, started: "1" })],
    ["of our own pid, as after a container's restart", () => JSON.stringify({ pid: process.pid })],
    ["that is torn", () => '{"pi'],
  ])("%s is taken over", (what, makeContent) => {
    // Only Linux says when a process began.
    if (what.includes("another process") && startOf(process.pid) === undefined) return;
    const file = makeFile();
    writeFileSync(file, makeContent());
    const release = lockInstance(file);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ pid: process.pid });
    release();
  });
});
