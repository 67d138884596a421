import { describe, expect, test } from "vitest";
import { readOptions, UsageError } from "../../infra/local/options.ts";

const defaults = { port: 4600, dataDir: ".strata", empty: false, backend: {}, edge: "http" };

describe("the options of npm start", () => {
  test("have defaults, are read from the environment, and the command line wins", () => {
    expect(readOptions([], {})).toEqual(defaults);
    const environment = { STRATA_PORT: "4700", STRATA_DATA_DIR: "/d", STRATA_EMPTY: "1", STRATA_EDGE: "rest" };
    expect(readOptions([], environment)).toEqual({ ...defaults, port: 4700, dataDir: "/d", empty: true, edge: "rest" });
    expect(readOptions(["--port", "4800"], environment)).toMatchObject({ port: 4800 });
    expect(readOptions(["--help"], {})).toBe("help");
  });

  test.each<[string, object]>([
    ["embedded", {}],
    [
      "http://localhost:4566",
      { dynamodb: "http://localhost:4566", kinesis: "http://localhost:4566", s3: "http://localhost:4566" },
    ],
    [
      "dynamodb=http://localhost:8000,kinesis=http://localhost:4568",
      { dynamodb: "http://localhost:8000", kinesis: "http://localhost:4568" },
    ],
  ])("--backend %s", (backend, expected) => {
    expect(readOptions(["--backend", backend], {})).toMatchObject({ backend: expected });
  });

  test.each([
    ["--port", "x"],
    ["--port", "70000"],
    ["--edge", "soap"],
    ["--backend", "redis=http://x"],
    ["--backend", "nonsense"],
    ["--what"],
  ])("%s %s is a usage error", (...args) => {
    expect(() =>
      readOptions(
        args.filter((arg) => arg !== undefined),
        {},
      ),
    ).toThrow(UsageError);
  });
});
