import { appendFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Journal } from "../../infra/local/stream/journal.ts";

const makeFolder = (): string => mkdtempSync(path.join(tmpdir(), "strata-journal-"));
const record = (partitionKey: string, text = partitionKey) => ({
  partitionKey,
  arrivedAt: 1_700_000_000_000,
  data: Buffer.from(text),
});
const onlyFile = (folder: string): string => path.join(folder, readdirSync(folder)[0] ?? "");
const open = (folder: string, segmentBytes?: number) => {
  const journal = new Journal(folder, segmentBytes);
  return { journal, recovered: journal.recover() };
};

describe("the journal of a stream", () => {
  test("gives back every record in order after a restart, whatever its bytes and keys are", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.array(fc.record({ key: fc.string({ unit: "binary", minLength: 1 }), data: fc.uint8Array() }), {
            minLength: 1,
            maxLength: 5,
          }),
        ),
        fc.integer({ min: 1, max: 400 }),
        (batches, segmentBytes) => {
          const folder = makeFolder();
          const { journal } = open(folder, segmentBytes);
          const written = batches.flatMap((batch) =>
            journal.append(batch.map(({ key, data }) => ({ ...record(key), data: Buffer.from(data) }))),
          );
          journal.close();
          const { recovered } = open(folder, segmentBytes);
          // A lone surrogate is no text and cannot be a partition key; the JSON in between keeps it all the same.
          expect(recovered).toEqual(written.map((entry) => ({ explicitHashKey: undefined, ...entry })));
          expect(recovered.map(({ position }) => position)).toEqual(written.map((_, index) => index + 1));
        },
      ),
      { numRuns: 100 },
    );
  });

  test("cuts off a torn last line and goes on after the last whole record", () => {
    const folder = makeFolder();
    const { journal } = open(folder);
    journal.append([record("a"), record("b")]);
    journal.close();
    appendFileSync(onlyFile(folder), '{"n":3,"k":"c","t":17');

    const after = open(folder);
    expect(after.recovered.map(({ partitionKey }) => partitionKey)).toEqual(["a", "b"]);
    const [next] = after.journal.append([record("d")]);
    expect(next?.position).toBe(3);
    after.journal.close();
    expect(open(folder).recovered.map(({ partitionKey }) => partitionKey)).toEqual(["a", "b", "d"]);
  });

  test("loses no whole record wherever its file is cut", () => {
    const folder = makeFolder();
    const { journal } = open(folder);
    journal.append(["a", "b", "c"].map((key) => record(key)));
    journal.close();
    const file = onlyFile(folder);
    const whole = readFileSync(file);
    for (let length = 0; length <= whole.length; length += 1) {
      writeFileSync(file, whole.subarray(0, length));
      const lines = whole.subarray(0, length).toString().split("\n").length - 1;
      expect(open(folder).recovered).toHaveLength(lines);
    }
  });

  test("throws where a line in the middle is damaged", () => {
    const folder = makeFolder();
    writeFileSync(path.join(folder, "0000000000000001.ndjson"), '{"n":1,"k\n{"n":2,"k":"b","t":1,"d":""}\n');
    expect(() => open(folder)).toThrow(/ndjson:1 is damaged/);
  });

  test("drops segments that are passed, and never gives a position twice", () => {
    const folder = makeFolder();
    const { journal } = open(folder, 1);
    for (const key of ["a", "b", "c"]) journal.append([record(key)]);
    expect(journal.dropThrough(2)).toBe(2);
    expect(journal.dropThrough(3)).toBe(2);
    journal.close();
    const after = open(folder, 1);
    expect(after.recovered.map(({ position }) => position)).toEqual([3]);
    expect(after.journal.append([record("d")])[0]?.position).toBe(4);
  });
});
