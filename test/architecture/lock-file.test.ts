import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";

const root = resolve(import.meta.dirname, "../..");
const Versions = z.record(z.string(), z.string()).default({});
const Manifest = z.object({ dependencies: Versions, devDependencies: Versions });
const Lock = z.object({
  packages: z.record(z.string(), z.object({ resolved: z.string().optional(), optionalDependencies: Versions })),
});
const { packages } = Lock.parse(JSON.parse(readFileSync(resolve(root, "package-lock.json"), "utf8")));

describe("what is installed", () => {
  test("is locked without a registry's address, so that every machine uses its own", () => {
    expect(Object.keys(packages).length).toBeGreaterThan(100);
    const located = Object.entries(packages).filter(([, { resolved }]) => resolved?.includes("://"));
    expect(located).toEqual([]);
  });

  test("is locked for every platform: npm ci refuses a lock file without the others' binaries", () => {
    const locked = Object.keys(packages);
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !locked.some((other) => other.endsWith(`node_modules/${name}`)))
        .map((name) => `${path} wants ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test("is pinned exactly", () => {
    const { dependencies, devDependencies } = Manifest.parse(
      JSON.parse(readFileSync(resolve(root, "package.json"), "utf8")),
    );
    const versions = Object.entries({ ...dependencies, ...devDependencies });
    expect(versions.length).toBeGreaterThan(20);
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });
});
