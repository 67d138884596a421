import { mkdtempSync, rmSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundlePath, functionEntries } from "../../infra/bundling/function-entries.ts";
import {
  EventStreamSerde,
  eventStreamSerdeProvider,
  resolveEventStreamSerdeConfig,
} from "../../infra/bundling/no-event-streams.ts";
import { spellOutKeys } from "../../infra/bundling/pure-schemas.ts";
import { runNode } from "./run-node.ts";

const root = resolve(import.meta.dirname, "../..");

describe("the functions' bundles", () => {
  const folder = mkdtempSync(join(tmpdir(), "strata-bundles-test-"));
  beforeAll(() => runNode(join(root, "infra/bundling/bundle-functions.ts"), folder));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(functionEntries)("%s exports a handler and brings the environment's credentials only", async (entry) => {
    const bundle = await readFile(join(folder, bundlePath(entry)), "utf8");
    expect(bundle).toMatch(/export\{[^}]*\bas handler\b/);
    expect(bundle).toContain("AWS_SECRET_ACCESS_KEY");
    expect(bundle).not.toContain("sso_start_url");
    expect(bundle).not.toContain("AssumeRoleWithWebIdentity");
  });

  // The goal is 450 KB. What each needs beyond it is the SDK's clients, zod and the telephone numbers' metadata; whoever
  // renders has the program of its thread as text as well. These limits, a few per cent
  // above what was measured, are there to see growth.
  test.each([
    ["functions/admin/handler.ts", 1_450_000],
    ["functions/collect/handler.ts", 715_000],
    ["functions/decide/handler.ts", 643_000],
    ["functions/fold/handler.ts", 618_000],
    ["functions/fold/refold.ts", 620_000],
    ["functions/import/handler.ts", 775_000],
    ["functions/index/handler.ts", 450_000],
    ["functions/outcome/handler.ts", 620_000],
    ["functions/outcome/http.ts", 750_000],
    ["functions/retier/plan.ts", 515_000],
    ["functions/retier/slice.ts", 655_000],
    ["functions/send/handler.ts", 1_200_000],
    ["functions/wake/due.ts", 653_000],
    ["functions/wake/handler.ts", 675_000],
  ] as const)("%s stays below %d bytes", async (entry, limit) => {
    expect((await stat(join(folder, bundlePath(entry)))).size).toBeLessThan(limit);
  });
});

describe("what stays out of the bundles", () => {
  const readSdk = (path: string) => readFile(join(root, "node_modules/@aws-sdk", path), "utf8");

  test("is what no operation of DynamoDB asks for: an endpoint of its own", async () => {
    for (const file of ["commandBuilder.js", "DynamoDBClient.js", "commands/QueryCommand.js"]) {
      const source = await readSdk(`client-dynamodb/dist-es/${file}`);
      expect(source).not.toContain("getEndpointDiscoveryPlugin");
    }
  });

  test("is what nobody calls: operations that answer with a stream of events", () => {
    expect(resolveEventStreamSerdeConfig({ region: "us-east-1" })).toEqual({ region: "us-east-1" });
    expect(() => eventStreamSerdeProvider()).toThrow(expect.objectContaining({ code: "event_streams_not_bundled" }));
    expect(() => new EventStreamSerde()).toThrow(expect.objectContaining({ code: "event_streams_not_bundled" }));
  });
});

describe("schemas with their keys spelled out", () => {
  test("mean the same", () => {
    const source =
      'const _hH = "httpHeader";\nconst _b = "x-b";\nvar A$ = [3, 0, [[0, { [_hH]: _b, [_unknown]: 1 }]]];';
    expect(spellOutKeys(source)).toContain('{ "httpHeader": _b, [_unknown]: 1 }');
  });

  test("are in the SDK that is installed: the pattern is still found", async () => {
    const source = await readFile(join(root, "node_modules/@aws-sdk/client-s3/dist-es/schemas/schemas_0.js"), "utf8");
    expect(source.match(/\[_\w+\]:/g)?.length).toBeGreaterThan(1000);
    expect(spellOutKeys(source)).not.toMatch(/\[_\w+\]:/);
  });
});
