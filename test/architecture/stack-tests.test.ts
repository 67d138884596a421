import { matchesGlob, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { stackTests } from "../../vitest.config.ts";
import { readSourceFiles } from "./source-file.ts";

const runtimeStarter = "test/support/local-stack.ts";

describe("tests that start the local runtime", () => {
  const files = readSourceFiles(resolve(import.meta.dirname, "../..")).filter(({ path }) => path.startsWith("test/"));
  const importersOf = (target: string) =>
    files.filter(({ imports }) => imports.some((each) => each.own && !each.typeOnly && each.target === target));

  test("are in the project that begins first and has the longer limits", () => {
    const direct = importersOf(runtimeStarter);
    const starters = [...direct, ...direct.flatMap(({ path }) => importersOf(path))].map(({ path }) => path);
    const tests = starters.filter((path) => path.endsWith(".test.ts"));
    expect(tests.filter((path) => !stackTests.some((glob) => matchesGlob(path, glob)))).toEqual([]);
  });
});
