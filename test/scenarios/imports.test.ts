import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { DefinitionAnswer } from "#events/admin-api/definitions.ts";
import { ImportCreated, type ImportRequest, ImportView } from "#events/admin-api/imports.ts";
import { type LocalStack, startLocalStack } from "../support/local-stack.ts";
import { ask, countMembers, readMembers, readProfile } from "./administration.ts";
import { sendBatch } from "./collection.ts";

const PEOPLE = 400;
const dataDir = mkdtempSync(path.join(tmpdir(), "strata-imports-"));
let stack: LocalStack;

beforeAll(async () => {
  stack = await startLocalStack({ dataDir });
  for (const [kind, name, definition] of [
    ["tag", "vip", {}],
    ["segment", "spring-list", { static: true }],
  ] as const) {
    await ask(stack, `/definitions/${kind}/${name}`, DefinitionAnswer, {
      method: "PUT",
      body: { kind, name, ...definition },
    });
  }
  const calls = Array.from({ length: PEOPLE }, (_, n) => ({
    type: "identify",
    userId: `u-${n}`,
    traits: { email: `u${n}@example.org` },
  }));
  await sendBatch(stack, calls);
  await stack.quiet();
});
afterAll(async () => {
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function upload(file: string, changed: Partial<ImportRequest>): Promise<string> {
  const body = { format: "csv", into: { tag: "vip" }, columns: [{ column: "Email", identifier: "email" }], ...changed };
  const { importId, upload } = await ask(stack, "/imports", ImportCreated, { method: "POST", body });
  const answer = await fetch(upload.url, { method: upload.method, body: file });
  expect(answer.status).toBe(200);
  return importId;
}

const start = (importId: string) => ask(stack, `/imports/${importId}/start`, ImportView, { method: "POST" });
const look = (importId: string) => ask(stack, `/imports/${importId}`, ImportView);

function untilDone(importId: string): Promise<ImportView> {
  return vi.waitFor(
    async () => {
      const view = await look(importId);
      expect(view.status).not.toBe("running");
      return view;
    },
    { timeout: 90_000, interval: 100 },
  );
}

test("a file that was begun by a runtime that is killed is finished by the next, with exact counts", async () => {
  // Of 500 rows 400 name people, 50 name one of them again, 50 nobody.
  const rows = Array.from({ length: 500 }, (_, n) => `u${n < 450 ? n % PEOPLE : n + 1_000}@example.org`);
  const importId = await upload(["Email", ...rows, ""].join("\r\n"), {});
  await start(importId);
  await vi.waitFor(async () => expect((await countMembers(stack, "tag:vip")).count).toBeGreaterThan(0), {
    timeout: 60_000,
    interval: 5,
  });
  stack.kill();

  stack = await startLocalStack({ dataDir });
  // The worker that is no more holds it for another minute. On a fast machine it may have been done already.
  if ((await look(importId)).status === "running") {
    const clock = await stack.admin("/local/clock", { method: "POST", body: JSON.stringify({ advance: "2m" }) });
    expect(clock.status).toBe(200);
    await start(importId).catch(() => look(importId));
  }
  const view = await untilDone(importId);
  expect(view).toMatchObject({
    status: "done",
    rows: { total: 500, read: 500, applied: 400, unchanged: 50, refused: 50 },
    errors: { person_unknown: 50 },
    firstErrors: expect.arrayContaining([{ row: 452, code: "person_unknown", column: "Email" }]) as unknown,
  });
  const errors = await fetch(view.errorsUrl ?? "");
  expect((await errors.text()).split("\n").filter((line) => line !== "")).toHaveLength(50);
  await stack.quiet();
  expect(await countMembers(stack, "tag:vip")).toMatchObject({ count: 400, exact: true });
});

test("a file that replaces a static segment leaves in it whom it names", async () => {
  const list = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => JSON.stringify({ id: `u-${from + n}` })).join("\n");
  const shape: Partial<ImportRequest> = {
    format: "ndjson",
    into: { segment: "spring-list" },
    columns: [{ column: "id", identifier: "userId" }],
  };
  const first = await upload(list(0, 30), shape);
  await start(first);
  expect(await untilDone(first)).toMatchObject({ status: "done", rows: { applied: 30 } });
  await stack.quiet();

  const second = await upload(list(20, 40), { ...shape, mode: "replace" });
  await start(second);
  expect(await untilDone(second)).toMatchObject({
    status: "done",
    rows: { read: 20, applied: 10, unchanged: 10 },
    removed: 20,
  });
  await stack.quiet();
  const members = await readMembers(stack, "segment:spring-list");
  expect(members).toHaveLength(20);
  expect(members).toContain((await readProfile(stack, "userId:u-39")).profileId);
  expect(members).not.toContain((await readProfile(stack, "userId:u-0")).profileId);
});
