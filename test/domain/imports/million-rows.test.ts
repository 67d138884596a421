import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { IdentityStore } from "#domain/ports/identity-store.ts";
import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";
import { makeImportHarness } from "../../support/import-harness.ts";
import { aPerson, NOON } from "../../support/people.ts";

const ROWS = 1_000_000;
const MB = 1024 * 1024;
const HEADER = "Name,Email\n";
/** Every row takes as many bytes, so that any range can be made without the rest. */
const rowOf = (n: number) => `"Müller, ${n % 10}",u${String(n).padStart(7, "0")}@x.org\n`;
const ROW_BYTES = Buffer.byteLength(rowOf(0));

function makeRange(offset: number, length: number): Uint8Array {
  const from = Math.max(0, Math.floor((offset - HEADER.length) / ROW_BYTES));
  const to = Math.min(ROWS, Math.ceil((offset + length - HEADER.length) / ROW_BYTES) + 1);
  const rows = Array.from({ length: Math.max(0, to - from) }, (_, n) => rowOf(from + n)).join("");
  const bytes = Buffer.from(from === 0 ? HEADER + rows : rows);
  const start = from === 0 ? offset : offset - HEADER.length - from * ROW_BYTES;
  return bytes.subarray(start, start + length);
}

/** Of whom each 20th row names one; every other person is nobody's. They are not kept: only their tags are. */
function makePeople() {
  const tagged = new Uint8Array(ROWS);
  const numberOf = (key: string) => Number(/u(\d{7})/.exec(key)?.[1]);
  const { state } = aPerson("anybody");
  const load = (id: ProfileId): Profile =>
    aPerson("anybody", { id, version: 1, state: { ...state, newestReceivedAt: NOON } });
  const identities: IdentityStore = {
    find: async (keys) =>
      new Map(
        keys.flatMap((key): [IdentifierKey, ProfileId][] =>
          numberOf(key) % 20 === 0 ? [[key, `p_u${String(numberOf(key)).padStart(7, "0")}` as ProfileId]] : [],
        ),
      ),
    claim: () => Promise.reject(new Error("nobody is made")),
    repoint: () => Promise.reject(new Error("nobody is moved")),
  };
  const profiles: ProfileStore = {
    load: async (ids) => new Map(ids.map((id) => [id, load(id)])),
    save: async ({ id }) => {
      tagged[numberOf(id)] = 1;
      return "saved";
    },
    clearOutbox: async () => "cleared",
    scan: () => Promise.reject(new Error("nobody is scanned")),
  };
  return { identities, profiles, tagged: () => tagged.reduce((sum, one) => sum + one, 0) };
}

test("a million rows are imported in bounded memory", { timeout: 240_000 }, async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const { ports, started, turn, job, clock } = makeImportHarness();
  const people = makePeople();
  const bytes = HEADER.length + ROWS * ROW_BYTES;
  let highest = 0;
  let reads = 0;
  ports.objects.generate("im_million", {
    bytes,
    read: (offset, length) => {
      if (reads++ % 2 === 0) {
        collectGarbage();
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        highest = Math.max(highest, heapUsed + arrayBuffers);
      }
      return makeRange(offset, length);
    },
  });
  const facts = { publish: async () => new Set<ProfileId>() };
  const kept = { errors: 0, people: 0 };
  const objects = {
    ...ports.objects,
    writePart: async (_id: string, name: string, part: Uint8Array) => {
      if (name.startsWith("errors")) kept.errors += part.toString().split("\n").length - 1;
      else kept.people += part.length / 8;
    },
    readPart: async () => new Uint8Array(),
    writeErrors: async () => {},
  };
  const importId = await started(undefined, {
    importId: "im_million",
    columns: [{ column: "Email", identifier: "email" }],
  });
  collectGarbage();
  const before = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  await turn(importId, { ports: { ...people, facts, objects } });
  clock.now += 1;

  expect(await job(importId)).toMatchObject({
    status: "done",
    total: ROWS,
    rows: { read: ROWS, applied: ROWS / 20, unchanged: 0, refused: (ROWS / 20) * 19 },
  });
  expect(people.tagged()).toBe(ROWS / 20);
  expect(kept).toEqual({ errors: (ROWS / 20) * 19, people: 0 });
  expect(highest - before).toBeLessThan(64 * MB);
});
