import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { countByZone, findViolations } from "./directions.ts";
import { parseSourceFile, readSourceFiles } from "./source-file.ts";

const root = resolve(import.meta.dirname, "../..");

describe("the repository", () => {
  const files = readSourceFiles(root);

  test("is read: every zone has files, and they import each other", () => {
    const counts = countByZone(files);
    expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([]);
    expect(files.flatMap((file) => file.imports).filter((each) => each.own).length).toBeGreaterThan(files.length / 2);
  });

  test("keeps to the directions of imports, the one reader of the environment and a domain without a clock", () => {
    expect(findViolations(files)).toEqual([]);
  });
});

describe("a violation is found", () => {
  const violationsOf = (path: string, source: string) => findViolations([parseSourceFile(path, source)]);

  test.each([
    ["layers/domain/a.ts", 'import { client } from "#aws/clients.ts";', "layers/domain/a.ts imports #aws/clients.ts"],
    ["layers/domain/x/a.ts", 'import "../../aws/clients.ts";', "layers/domain/x/a.ts imports ../../aws/clients.ts"],
    ["layers/domain/a.ts", 'import type { A } from "#functions/a.ts";', "layers/domain/a.ts imports #functions/a.ts"],
    ["layers/domain/a.ts", 'export * from "#aws/a.ts";', "layers/domain/a.ts imports #aws/a.ts"],
    ["layers/domain/a.ts", 'const a = await import("#aws/a.ts");', "layers/domain/a.ts imports #aws/a.ts"],
    ["layers/domain/a.ts", "const a = await import(path);", "layers/domain/a.ts imports (computed)"],
    ["layers/domain/a.ts", 'type A = import("#aws/a.ts").A;', "layers/domain/a.ts imports #aws/a.ts"],
    ["layers/domain/a.ts", 'import { S3 } from "@aws-sdk/client-s3";', "layers/domain/a.ts imports @aws-sdk/client-s3"],
    ["layers/domain/a.ts", 'import { readFileSync } from "node:fs";', "layers/domain/a.ts imports node:fs"],
    ["layers/domain/a.ts", "const now = Date.now();", "layers/domain/a.ts uses Date.now"],
    ["layers/domain/a.ts", "const now = new Date();", "layers/domain/a.ts uses new Date()"],
    ["layers/domain/a.ts", "const dice = Math.random();", "layers/domain/a.ts uses Math.random"],
    ["layers/domain/a.ts", "const { HOME } = process.env;", "layers/domain/a.ts uses process.env"],
    ["events/a.ts", 'import { fold } from "#domain/profile/fold.ts";', "events/a.ts imports #domain/profile/fold.ts"],
    ["layers/aws/a.ts", 'import { handler } from "#functions/a.ts";', "layers/aws/a.ts imports #functions/a.ts"],
    ["layers/aws/a.ts", "const url = process.env.URL;", "layers/aws/a.ts uses process.env"],
    ["functions/a/b.ts", "const url = process.env.URL;", "functions/a/b.ts uses process.env"],
    ["functions/a/b.ts", 'import { Stack } from "aws-cdk-lib";', "functions/a/b.ts imports aws-cdk-lib"],
    ["infra/app.ts", 'import { readConfig } from "#aws/config.ts";', "infra/app.ts imports #aws/config.ts"],
    ["infra/app.ts", 'import type { A } from "#domain/a.ts";', "infra/app.ts imports #domain/a.ts"],
    ["infra/local/a.ts", 'import type { A } from "#events/a.ts";', "infra/local/a.ts imports #events/a.ts"],
    ["infra/local/a.ts", 'import { App } from "../app.ts";', "infra/local/a.ts imports ../app.ts"],
    ["console/cli/a.ts", 'import { fold } from "#domain/fold.ts";', "console/cli/a.ts imports #domain/fold.ts"],
  ])("in %s: %s", (path, source, violation) => {
    expect(violationsOf(path, source)).toEqual([violation]);
  });

  test("in a file on the disk", () => {
    const folder = mkdtempSync(join(tmpdir(), "strata-directions-"));
    const planted = join(folder, "layers/domain/planted.ts");
    mkdirSync(dirname(planted), { recursive: true });
    writeFileSync(planted, 'import { clients } from "#aws/clients.ts";\nexport const at = Date.now();\n');
    expect(findViolations(readSourceFiles(folder))).toEqual([
      "layers/domain/planted.ts imports #aws/clients.ts",
      "layers/domain/planted.ts uses Date.now",
    ]);
  });
});

describe("what is allowed", () => {
  test.each([
    ["layers/domain/a.ts", 'import type { Fact } from "#events/fact.ts"; import { createHash } from "node:crypto";'],
    ["layers/domain/a.ts", "// Date.now() and process.env in a comment\nexport const a = new Date(0);"],
    ["layers/aws/config.ts", "export const url = process.env.URL;"],
    ["functions/a/b.ts", 'import { fold } from "#domain/fold.ts"; const now = Date.now();'],
    ["infra/constructs/a.ts", 'import type { EnvironmentName } from "#aws/config.ts";'],
    ["infra/constructs/a.ts", 'import { type EnvironmentName } from "#aws/config.ts";'],
    ["infra/local/handlers/a.ts", "const { handler } = await import(bundle);"],
    ["console/cli/a.ts", 'import { Fact } from "#events/fact.ts"; const url = process.env.STRATA_URL;'],
  ])("in %s: %s", (path, source) => {
    expect(findViolations([parseSourceFile(path, source)])).toEqual([]);
  });
});
