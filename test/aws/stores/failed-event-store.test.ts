import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { makeFailedEventStore } from "#aws/stores/failed-event-store.ts";
import type { RefusedCall } from "#events/failed-event.ts";

/** S3 in memory, as far as the store uses it; pages hold at most two. */
function makeFakeS3() {
  const objects = new Map<string, string>();
  const send = (command: unknown): unknown => {
    if (command instanceof PutObjectCommand)
      return objects.set(String(command.input.Key), command.input.Body as string);
    if (command instanceof DeleteObjectCommand) return objects.delete(String(command.input.Key));
    if (command instanceof GetObjectCommand) {
      const text = objects.get(String(command.input.Key));
      if (text === undefined) throw new NoSuchKey({ message: "no such key", $metadata: {} });
      return { Body: { transformToString: () => Promise.resolve(text) } };
    }
    if (!(command instanceof ListObjectsV2Command)) throw new Error("a command that the fake was not told about");
    const { Prefix = "", Delimiter, StartAfter = "", ContinuationToken = "", MaxKeys = 2 } = command.input;
    const after = StartAfter > ContinuationToken ? StartAfter : ContinuationToken;
    const names = [...objects.keys()].filter((key) => key.startsWith(Prefix)).toSorted();
    if (Delimiter === undefined) {
      return {
        Contents: names
          .filter((key) => key > after)
          .slice(0, MaxKeys)
          .map((Key) => ({ Key })),
      };
    }
    const prefixes = [...new Set(names.map((key) => key.slice(0, key.indexOf("/", Prefix.length) + 1)))];
    const page = prefixes.filter((prefix) => prefix > after).slice(0, 2);
    return {
      CommonPrefixes: page.map((prefix) => ({ Prefix: prefix })),
      NextContinuationToken: page.at(-1) === prefixes.at(-1) ? undefined : page.at(-1),
    };
  };
  return { objects, s3: { send: (command: unknown) => Promise.resolve().then(() => send(command)) } as never };
}

const refused = (code: string): RefusedCall => ({
  stage: "collect",
  code,
  message: "m",
  failedAt: 1,
  source: { name: "shop", type: "web" },
  wire: "segment",
  receivedAt: 1,
  call: { a: "\ud800" },
});

function makeStore() {
  const { objects, s3 } = makeFakeS3();
  const clock = { at: Date.UTC(2026, 10, 22, 12) };
  let ids = 0;
  const store = makeFailedEventStore({ s3, bucket: "b", now: () => clock.at, newId: () => `id${++ids}` });
  return { store, objects, clock };
}

describe("failed events", () => {
  test("are read back as they were stored, under their day", async () => {
    const { store, objects } = makeStore();
    await store.store([refused("too_deep"), refused("no_identity")]);
    const [name = ""] = objects.keys();
    expect(name).toMatch(/^failed\/2026-11-22\/\d{13}-id1\.ndjson$/);
    expect(await store.read(name)).toEqual([refused("too_deep"), refused("no_identity")]);
  });
  test("none of which there are make no object", async () => {
    const { store, objects } = makeStore();
    await store.store([]);
    expect(objects.size).toBe(0);
  });
  test("are listed newest first, across days and pages", async () => {
    const { store, clock } = makeStore();
    for (let n = 0; n < 12; n++) {
      await store.store([refused("no_identity")]);
      clock.at += 7 * 3_600_000;
    }
    const ids = [];
    let cursor: string | undefined;
    do {
      const page = await store.list({ limit: 5, ...(cursor !== undefined && { cursor }) });
      expect(page.objects.length).toBeLessThanOrEqual(5);
      ids.push(...page.objects.map((name) => /id\d+/.exec(name)?.[0]));
      ({ cursor } = page);
    } while (cursor !== undefined);
    expect(ids).toEqual(Array.from({ length: 12 }, (_, n) => `id${12 - n}`));
  });
  test("are gone once removed", async () => {
    const { store, objects } = makeStore();
    await store.store([refused("no_identity")]);
    const [name = ""] = objects.keys();
    await store.remove(name);
    expect(await store.list({ limit: 5 })).toEqual({ objects: [] });
    await expect(store.read(name)).rejects.toMatchObject({ code: "failed_object_unknown" });
  });
  test("are the only objects that can be read or removed", async () => {
    const { store, objects } = makeStore();
    objects.set("definitions/x.json", "{}");
    await expect(store.read("definitions/x.json")).rejects.toMatchObject({ code: "failed_object_unknown" });
    await expect(store.remove("definitions/x.json")).rejects.toMatchObject({ code: "failed_object_unknown" });
    expect(objects.size).toBe(1);
  });
  test("that are damaged are said to be", async () => {
    const { store, objects } = makeStore();
    objects.set("failed/2026-11-22/x.ndjson", "{}\n");
    await expect(store.read("failed/2026-11-22/x.ndjson")).rejects.toMatchObject({ code: "failed_object_unreadable" });
  });
});
