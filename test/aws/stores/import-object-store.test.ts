import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeImportObjectStore } from "#aws/stores/import-object-store.ts";
import type { ImportObjectStore } from "#domain/ports/import-object-store.ts";
import { startS3 } from "../../support/fauxqs.ts";
import { makeMemoryImportObjectStore } from "../../support/memory-import-object-store.ts";

let s3: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  s3 = await startS3("strata");
});
afterAll(() => s3.stop());

interface Subject {
  readonly store: ImportObjectStore;
  readonly upload: (importId: string, text: string) => Promise<void>;
  readonly download: (importId: string) => Promise<string>;
}

function inMemory(): Subject {
  const store = makeMemoryImportObjectStore();
  return {
    store,
    upload: async (importId, text) => store.upload(importId, text),
    download: async (importId) =>
      store
        .errors(importId)
        .map((error) => `${JSON.stringify(error)}\n`)
        .join(""),
  };
}

/** By the signed addresses, as anybody without an account would. */
function inS3(): Subject {
  const store = makeImportObjectStore({ s3: s3.s3, bucket: "strata" });
  return {
    store,
    upload: async (importId, text) => {
      const address = await store.offerUpload(importId, 60);
      expect(address).not.toContain("checksum");
      const answer = await fetch(address, { method: "PUT", body: text });
      expect(answer.status).toBe(200);
    },
    download: async (importId) => {
      const answer = await fetch(await store.offerErrors(importId, 60));
      expect(answer.status).toBe(200);
      return answer.text();
    },
  };
}

describe.each([
  ["in memory", inMemory],
  ["in S3", inS3],
])("files of imports %s", (_where, make) => {
  test("are there once somebody has put them to the address", async () => {
    const { store, upload } = make();
    expect(await store.find("im_1")).toBeUndefined();
    await upload("im_1", "email\n上海@x.org\n");
    expect(await store.find("im_1")).toMatchObject({ bytes: 19 });
    expect(await store.find("im_2")).toBeUndefined();
  });

  test("are read by range, as long as they are the same", async () => {
    const { store, upload } = make();
    await upload("im_3", "0123456789");
    const file = await store.find("im_3");
    if (!file) throw new Error("not there");
    const read = async (offset: number, length: number) =>
      Buffer.from((await store.read("im_3", file, { offset, length })) ?? "gone").toString();
    expect(await read(0, 4)).toBe("0123");
    expect(await read(4, 100)).toBe("456789");
    await upload("im_3", "012345678X");
    expect(await read(0, 4)).toBe("gone");
    await upload("im_3", "0");
    expect(await read(8, 4)).toBe("gone");
  });

  test("have parts beside them, which are joined into the list of refused rows", async () => {
    const { store, download } = make();
    const lines = Array.from({ length: 2_000 }, (_, n) => `${JSON.stringify({ row: n, code: "person_unknown" })}\n`);
    const parts = [lines.slice(0, 700), lines.slice(700, 701), lines.slice(701)].map((some, n) => ({
      name: `errors-${n}`,
      content: Buffer.from(some.join("")),
    }));
    for (const { name, content } of parts) await store.writePart("im_4", name, content);
    expect(Buffer.from(await store.readPart("im_4", "errors-1")).toString()).toBe(lines[700]);
    await store.writeErrors(
      "im_4",
      parts.map(({ name, content }) => ({ name, bytes: content.length })),
    );
    expect(await download("im_4")).toBe(lines.join(""));
  });
});
