import { DeleteObjectsCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import type { Bundle } from "#domain/definitions/bundle.ts";
import type { DefinitionStore } from "#domain/ports/definition-store.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { startS3 } from "../../support/fauxqs.ts";
import { makeMemoryDefinitionStore } from "../../support/memory-definition-store.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { makeMemoryS3 } from "../../support/memory-s3.ts";

let emulator: Awaited<ReturnType<typeof startDynamo>>;
let storage: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  [emulator, storage] = await Promise.all([startDynamo(), startS3("strata")]);
});
afterAll(async () => {
  await Promise.all([emulator.stop(), storage.stop()]);
});

function bundle(version: number, ...names: string[]): Bundle {
  const definitions = names.map((name) => ({ kind: "tag", name, version, definition: { kind: "tag", name } }));
  return { version, definitions };
}

async function openReal() {
  const table = await createTable(emulator.dynamo, `definitions-${Math.random()}`, "pk+sk");
  const on = { dynamo: emulator.dynamo, s3: storage.s3, table, bucket: "strata" };
  return { store: makeDefinitionStore(on), reopen: () => makeDefinitionStore(on) };
}

describe.each<[string, () => Promise<DefinitionStore>]>([
  ["in memory", async () => makeMemoryDefinitionStore()],
  ["in DynamoDB and S3", async () => (await openReal()).store],
  [
    "in DynamoDB and S3 in memory",
    async () =>
      makeDefinitionStore({
        dynamo: makeMemoryDynamo().client,
        s3: makeMemoryS3().client,
        table: "definitions",
        bucket: "strata",
      }),
  ],
])("a definition store %s", (_, open) => {
  test("begins at version 0, with nothing", async () => {
    const store = await open();
    expect(await store.current()).toEqual({ version: 0, definitions: [] });
    expect(await store.currentVersion()).toBe(0);
    expect(await store.at(0)).toEqual({ version: 0, definitions: [] });
    expect(await store.at(1)).toBeUndefined();
  });

  test("keeps the thresholds of a version with it, also where they alone differ", async () => {
    const store = await open();
    const thresholds = { at: 5, day: 20_000, exact: true, values: { "buyers orders.count": [[0.2, 1] as const] } };
    await store.commit(bundle(1, "vip"));
    await store.commit({ ...bundle(2, "vip"), thresholds });
    expect(await store.current()).toEqual({ ...bundle(2, "vip"), thresholds });
    expect(await store.at(1)).toEqual(bundle(1, "vip"));
  });

  test("lists its versions, the newest first, a page at a time, with who changed what and why", async () => {
    const store = await open();
    expect(await store.versions({ limit: 10 })).toEqual({ versions: [] });
    const note = { at: 5, by: "ops", changes: ["tag/vip"] };
    await store.commit(bundle(1, "vip"), note);
    await store.commit(bundle(2, "vip", "loyal"));
    await store.commit(bundle(3, "vip"), { ...note, reason: "rollback to 1" });
    const first = await store.versions({ limit: 2 });
    expect(first.versions).toEqual([{ version: 3, note: { ...note, reason: "rollback to 1" } }, { version: 2 }]);
    expect(first.before).toBe(2);
    const { versions } = await store.versions({ before: 2, limit: 10 });
    expect(versions).toEqual([{ version: 1, note }]);
  });

  test("a commit is in force at once, and earlier versions stay readable", async () => {
    const store = await open();
    expect(await store.commit(bundle(1, "vip"), { at: 1, by: "ops", changes: ["tag/vip"] })).toBe("committed");
    expect(await store.commit(bundle(2, "loyal", "vip"))).toBe("committed");
    expect(await store.current()).toEqual(bundle(2, "loyal", "vip"));
    expect(await store.currentVersion()).toBe(2);
    expect(await store.at(1)).toEqual(bundle(1, "vip"));
  });

  test("a version that is not the next one is refused and changes nothing", async () => {
    const store = await open();
    await store.commit(bundle(1, "vip"));
    expect(await store.commit(bundle(1, "other"))).toBe("conflict");
    expect(await store.commit(bundle(3, "other"))).toBe("conflict");
    expect(await store.current()).toEqual(bundle(1, "vip"));
  });

  test("of writers that race for one version exactly one wins", async () => {
    const store = await open();
    const names = ["a", "b", "c", "d", "e", "f"];
    const outcomes = await Promise.all(names.map((name) => store.commit(bundle(1, name))));
    expect(outcomes.filter((outcome) => outcome === "committed")).toHaveLength(1);
    expect(await store.current()).toEqual(bundle(1, names[outcomes.indexOf("committed")] ?? ""));
  });

  test("the tenth version comes after the ninth", async () => {
    const store = await open();
    for (let version = 1; version <= 11; version++) await store.commit(bundle(version, `v${version}`));
    expect(await store.currentVersion()).toBe(11);
    expect(await store.current()).toEqual(bundle(11, "v11"));
  });
});

describe("a definition store on S3", () => {
  async function objects(): Promise<string[]> {
    const { Contents = [] } = await storage.s3.send(new ListObjectsV2Command({ Bucket: "strata" }));
    return Contents.map(({ Key = "" }) => Key);
  }
  async function empty(): Promise<void> {
    const Objects = (await objects()).map((Key) => ({ Key }));
    if (Objects.length > 0) await storage.s3.send(new DeleteObjectsCommand({ Bucket: "strata", Delete: { Objects } }));
  }

  test("keeps one object for one content, named by its hash", async () => {
    const { store } = await openReal();
    await empty();
    const definitions = bundle(1, "vip").definitions;
    for (let version = 1; version <= 3; version++) await store.commit({ version, definitions });
    expect(await objects()).toEqual([expect.stringMatching(/^definitions\/[0-9a-f]{64}\.json$/)]);
  });

  test("says so where the object of a version is gone or was altered", async () => {
    const { store, reopen } = await openReal();
    await empty();
    await store.commit(bundle(1, "vip"));
    const [Key] = await objects();
    await storage.s3.send(new PutObjectCommand({ Bucket: "strata", Key, Body: "[]" }));
    await expect(reopen().current()).rejects.toMatchObject({ code: "bundle_damaged" });
    await empty();
    await expect(reopen().current()).rejects.toMatchObject({ code: "bundle_missing" });
  });
});
