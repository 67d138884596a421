import * as z from "zod";
import { Instant, pageOf } from "./answer.ts";

/** What a file does to the people it names: `replace` also takes out those whom it does not name. */
export const ImportMode = z.enum(["add", "replace", "remove"]);
export const ImportFormat = z.enum(["csv", "ndjson"]);

const Name = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, "a name is such as spring-list");

/** A column of the file (a property, for NDJSON), and the type of identifier that it holds. */
const ImportColumn = z.strictObject({ column: z.string().min(1).max(256), identifier: z.string().min(1).max(80) });

/** Which people to put where. */
export const ImportRequest = z
  .strictObject({
    name: z.string().min(1).max(200).optional().meta({ description: "For the list: the file's name, say." }),
    format: ImportFormat,
    into: z.union([z.strictObject({ tag: Name }), z.strictObject({ segment: Name })]).meta({
      description: "A tag without rule or value, or a segment with `static: true`.",
    }),
    mode: ImportMode.default("add").meta({
      description: "`replace` also takes out everybody whom the file does not name.",
    }),
    columns: z.array(ImportColumn).min(1).max(8).meta({
      description: "In the order in which they are asked: a row is the person whom its first known identifier names.",
    }),
    delimiter: z.enum([",", ";", "\t", "|"]).default(",").meta({ description: "Between the fields of a CSV file." }),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits")
      .optional()
      .meta({ description: "Of the file, to recognise it by. It is shown and not checked." }),
  })
  .meta({
    id: "ImportRequest",
    example: {
      name: "people.csv",
      format: "csv",
      into: { tag: "vip" },
      mode: "add",
      columns: [{ column: "Email", identifier: "email" }],
    },
  });
export type ImportRequest = z.infer<typeof ImportRequest>;

/** One row that was not applied. Rows are numbered as a spreadsheet does: the header of a CSV file is row 1. */
export const ImportRowError = z
  .object({
    row: z.int(),
    code: z.string().meta({
      description:
        "`person_unknown`, `identifier_missing`, `identifier_junk`, `identifier_malformed`, `identifier_not_text`, `identifier_too_long`, `row_malformed`, or `changed_meanwhile`: somebody decided otherwise after the import began.",
    }),
    column: z.string().optional(),
    value: z.string().optional().meta({
      description:
        "The beginning of an identifier that is none. It never begins as a formula: `=`, `+`, `-`, `@` follow a quote.",
    }),
  })
  .meta({ id: "ImportRowError" });
export type ImportRowError = z.infer<typeof ImportRowError>;

/** How far an import is. */
export const ImportView = z
  .object({
    importId: z.string(),
    name: z.string().nullable(),
    status: z.enum(["waiting", "running", "done", "failed", "stopped"]).meta({
      description: "`waiting`: for its file, or for `start`.",
    }),
    phase: z.enum(["checking", "applying", "removing", "reporting"]).meta({
      description: "The whole file is checked before the first person is changed.",
    }),
    into: z.string().meta({ description: "`tag:vip`, `segment:spring-list`." }),
    mode: ImportMode,
    format: ImportFormat,
    columns: z.array(ImportColumn),
    sha256: z.string().nullable(),
    by: z.string(),
    createdAt: Instant,
    startedAt: Instant.nullable(),
    finishedAt: Instant.nullable(),
    fileBytes: z.int().nullable(),
    rows: z.object({
      total: z.int().nullable().meta({ description: "Null until the file is checked." }),
      read: z.int().meta({ description: "applied + unchanged + refused." }),
      applied: z.int(),
      unchanged: z.int().meta({ description: "It was so already, or an earlier row named the same person." }),
      refused: z.int(),
    }),
    removed: z.int().meta({ description: "People whom `replace` took out." }),
    errors: z.record(z.string(), z.int()).meta({ description: "Refused rows by code." }),
    firstErrors: z.array(ImportRowError),
    errorsUrl: z.string().nullable().meta({
      description: "Once it has ended: every refused row, as NDJSON. The address is good for an hour.",
    }),
    failure: z
      .object({ code: z.string(), message: z.string(), row: z.int().nullable(), column: z.string().nullable() })
      .nullable()
      .meta({ description: "Why it failed, and at which row." }),
  })
  .meta({
    id: "Import",
    example: {
      importId: "im_8236112345678k3x9",
      name: "people.csv",
      status: "done",
      phase: "reporting",
      into: "tag:vip",
      mode: "add",
      format: "csv",
      columns: [{ column: "Email", identifier: "email" }],
      sha256: null,
      by: "ann",
      createdAt: "2026-03-01T09:30:00.000Z",
      startedAt: "2026-03-01T09:30:05.000Z",
      finishedAt: "2026-03-01T09:30:11.000Z",
      fileBytes: 48120,
      rows: { total: 1500, read: 1500, applied: 1402, unchanged: 61, refused: 37 },
      removed: 0,
      errors: { person_unknown: 35, identifier_malformed: 2 },
      firstErrors: [{ row: 7, code: "person_unknown", column: "Email" }],
      errorsUrl: null,
      failure: null,
    },
  });
export type ImportView = z.infer<typeof ImportView>;

/** What creating an import answers: where its file goes. */
export const ImportCreated = ImportView.extend({
  upload: z.object({ url: z.string(), method: z.literal("PUT"), expiresAt: Instant }),
}).meta({ id: "ImportCreated" });
export type ImportCreated = z.infer<typeof ImportCreated>;

/** Newest first. */
export const ImportPage = pageOf(ImportView).meta({ id: "ImportPage" });
export type ImportPage = z.infer<typeof ImportPage>;
