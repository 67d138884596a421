import { describe, expect, test } from "vitest";
import { makeImportHarness } from "../../support/import-harness.ts";

const MB = 1024 * 1024;

async function outcomeOf(file: string | Uint8Array, changed: object = {}) {
  const harness = makeImportHarness();
  await harness.person("ann", [["email", "ann@x.org"]]);
  const job = await harness.finish(await harness.started(file, changed));
  return { ...harness, job };
}

const csv: [string, string | Uint8Array, object][] = [
  ["is empty", "", { code: "file_empty" }],
  ["has a header only", "email\n", { code: "file_empty" }],
  ["lacks the column", "mail,name\nann@x.org,Ann\n", { code: "column_missing", row: 1, column: "email" }],
  ["has the column twice", "email,email\nann@x.org,ann@x.org\n", { code: "column_ambiguous", row: 1, column: "email" }],
  ["leaves a quote open", 'email\nann@x.org\n"bob@x.org\nkim@x.org\n', { code: "file_not_csv", row: 3 }],
  ["has text behind a quote", 'email\nann@x.org\n"bob"@x.org\n', { code: "file_not_csv", row: 3 }],
  [
    "is in GBK",
    Buffer.concat([Buffer.from("email,name\nann@x.org,Ann\n"), Buffer.from([0xd5, 0xc5, 0x2c, 0x31, 0x0a])]),
    { code: "encoding_not_utf8", row: 3 },
  ],
  ["is in UTF-16", Buffer.from("\ufeffemail\nann@x.org\n", "utf16le"), { code: /encoding_not_utf8|file_not_text/ }],
  ["is a spreadsheet", Buffer.from("504b0304140006000800000021", "hex"), { code: "file_not_text", row: 1 }],
  ["has a line over 1 MB", `email\nann@x.org\n${"x".repeat(MB + 1)}\nkim@x.org\n`, { code: "row_too_long", row: 3 }],
  [
    "has a row over 1 MB",
    `email\nann@x.org\n"${`${"x".repeat(1_000)}\n`.repeat(1_100)}"\nkim@x.org\n`,
    { code: "row_too_long", row: 3 },
  ],
];

describe("a CSV file that", () => {
  test.each(csv)("%s changes nobody, and the import says where it is wrong", async (_what, file, failure) => {
    const { job, holders, ports } = await outcomeOf(file);
    expect(job.status).toBe("failed");
    const { code, ...at } = failure as { code: string | RegExp };
    expect(job.failure).toMatchObject({ code: code instanceof RegExp ? expect.stringMatching(code) : code, ...at });
    expect(job.rows).toEqual({ read: 0, applied: 0, unchanged: 0, refused: 0 });
    expect(holders()).toEqual([]);
    expect(ports.facts.published).toEqual([]);
  });

  test("has rows of another width refuses those rows only", async () => {
    const { job, ports } = await outcomeOf("name,email\nAnn,ann@x.org\nBob\nx,y,z\n");
    expect(job).toMatchObject({ status: "done", rows: { applied: 1, refused: 2 }, errors: { row_malformed: 2 } });
    expect(ports.objects.errors(job.importId)).toMatchObject([{ row: 3 }, { row: 4 }]);
  });

  test("has empty lines counts rows as a spreadsheet does", async () => {
    const { job } = await outcomeOf("email\n\nann@x.org\n\n\nno@x.org\n");
    expect(job.firstErrors).toMatchObject([{ row: 6, code: "person_unknown" }]);
  });

  test("is over 1 GB is not read", async () => {
    const { started, finish, ports } = makeImportHarness();
    const read = () => {
      throw new Error("it is read");
    };
    ports.objects.generate("im_big", { bytes: 1024 ** 3 + 1, read });
    expect(await finish(await started(undefined, { importId: "im_big" }))).toMatchObject({
      status: "failed",
      failure: { code: "file_too_large" },
    });
  });

  test("is uploaded again while it is read fails", async () => {
    const { started, turn, job, ports } = makeImportHarness();
    const importId = await started("email\nann@x.org\n");
    ports.objects.upload(importId, "email\nbob@x.org\n");
    await turn(importId);
    expect(await job(importId)).toMatchObject({ status: "failed", failure: { code: "file_changed" } });
  });
});

test("a file whose first line is no JSON object is no NDJSON; a later one costs its row", async () => {
  const first = await outcomeOf('email\n{"email":"ann@x.org"}\n', { format: "ndjson" });
  expect(first.job).toMatchObject({ status: "failed", failure: { code: "file_not_ndjson", row: 1 } });
  const later = await outcomeOf('{"email":"ann@x.org"}\n{"email":\n', { format: "ndjson" });
  expect(later.job).toMatchObject({ status: "done", rows: { applied: 1, refused: 1 }, errors: { row_malformed: 1 } });
});

test.each([
  ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
  ["+12", "'+12"],
  ["@SUM(1)", "'@SUM(1)"],
  ["-2+3", "'-2+3"],
  ["x".repeat(600), "x".repeat(40)],
])("a value such as %.20s is shown so that no spreadsheet runs it", async (value, shown) => {
  const { job } = await outcomeOf(`email\n${value}\n`);
  expect(job.firstErrors).toMatchObject([{ row: 2, value: shown }]);
});
