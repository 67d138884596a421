import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTallyStore } from "#aws/stores/tally-store.ts";
import type { TallyStore } from "#domain/ports/tally-store.ts";
import { startS3 } from "../../support/fauxqs.ts";
import { makeMemoryS3 } from "../../support/memory-s3.ts";
import { makeMemoryTallyStore } from "../../support/memory-tally-store.ts";

let storage: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  storage = await startS3("strata");
});
afterAll(() => storage.stop());

describe.each<[string, () => TallyStore]>([
  ["in memory", makeMemoryTallyStore],
  ["in S3", () => makeTallyStore({ s3: storage.s3, bucket: "strata" })],
  ["in S3 in memory", () => makeTallyStore({ s3: makeMemoryS3().client, bucket: "strata" })],
])("a tally store %s", (_, open) => {
  test("gives back what was written, the last of it", async () => {
    const store = open();
    const value = { 人: [1, 2.5, null], deep: { rows: Array.from({ length: 5_000 }, (_unused, n) => [n, `n-${n}`]) } };
    await store.write("retier/run-1/everyone/3-4", "first");
    await store.write("retier/run-1/everyone/3-4", value);
    expect(await store.read("retier/run-1/everyone/3-4")).toEqual(value);
  });

  test("throws where there is nothing of a name", async () => {
    await expect(open().read("retier/run-1/nothing")).rejects.toThrow(/retier\/run-1\/nothing|key/);
  });
});
