import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as z from "zod";
import { validateBundle, validateDefinition } from "#domain/definitions/validate.ts";
import { readFolder } from "../../../console/cli/definitions/read-folder.ts";

const RETAIL = fileURLToPath(new URL("../../../events/examples/definitions/retail", import.meta.url));
const Titled = z.object({ title: z.object({ en: z.string().min(1), zh: z.string().min(1) }) });

test("the demo shop's definitions are valid, each alone and all together", async () => {
  const written = await readFolder(RETAIL);
  expect(written.length).toBeGreaterThan(10);
  for (const { definition } of written) expect(validateDefinition(definition)).toMatchObject({ ok: true });
  const stored = written.map(({ kind, name, definition }) => ({ kind, name, version: 1, definition }));
  expect(validateBundle(stored)).toEqual([]);
});

test("every definition of the demo shop has a title in English and in Chinese", async () => {
  for (const { definition } of await readFolder(RETAIL)) expect(Titled.safeParse(definition).success).toBe(true);
});

test("the demo shop brings no sources: those that exist keep their keys", async () => {
  expect((await readFolder(RETAIL)).filter(({ kind }) => kind === "source")).toEqual([]);
});
