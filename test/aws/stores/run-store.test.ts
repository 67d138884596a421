import { type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeRunStore } from "#aws/stores/run-store.ts";
import type { Gate } from "#domain/journeys/enter.ts";
import type { Run } from "#domain/journeys/run.ts";
import { ENTRY_SHARDS, type RunStore, type StoredRun } from "#domain/ports/run-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { makeMemoryRunStore } from "../../support/memory-run-store.ts";
import { NOON } from "../../support/people.ts";

const DAY = 86_400_000;
const [ANN, BOB] = ["p_ann", "p_bob"] as ProfileId[] as [ProfileId, ProfileId];

const aRun = (id: string, changed: Partial<Run> = {}): Run => ({
  id,
  journey: "cart-rescue",
  definitionVersion: 2,
  profileId: ANN,
  entryKey: `entry ${id}`,
  enteredAt: NOON,
  cause: { factId: `entry ${id}`, event: { event: "Product Added", at: NOON, properties: { sku: "马克杯" } } },
  next: 0,
  waiting: { for: "time", until: NOON + DAY },
  arms: [["offer", "coupon"]],
  consumed: [`entry ${id}`],
  visited: [0],
  ...changed,
});

const aGate = (entryKey: string, changed: Partial<Gate> = {}): Gate => ({
  journey: "cart-rescue",
  profileId: ANN,
  key: "per-time",
  entryKey,
  at: NOON,
  reopensAfterMs: 7 * DAY,
  ...changed,
});

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

describe.each<[string, () => Promise<RunStore>]>([
  ["in memory", async () => makeMemoryRunStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `runs-${Math.random()}`, "pk+sk");
      return makeRunStore({ dynamo: emulator.dynamo, table });
    },
  ],
  ["in DynamoDB in memory", async () => makeRunStore({ dynamo: makeMemoryDynamo().client, table: "runs" })],
])("a run store %s", (_, open) => {
  test("a run is written only on the revision that was read", async () => {
    const store = await open();
    expect(await store.save({ run: aRun("r1"), revision: 2 })).toBe("conflict");
    expect(await store.save({ run: aRun("r1"), revision: 1 })).toBe("saved");
    expect(await store.save({ run: aRun("r1"), revision: 1 })).toBe("conflict");
    const ended: StoredRun = {
      run: aRun("r1", { outcome: { kind: "finished", at: NOON } }),
      revision: 2,
      expiresAt: NOON + DAY,
    };
    expect(await store.save(ended)).toBe("saved");
    expect(await store.ofPerson(ANN)).toEqual([ended]);
  });

  test("gives back every run of one person and of nobody else", async () => {
    const store = await open();
    const own = Array.from({ length: 30 }, (_unused, n) => aRun(`r${String(n).padStart(2, "0")}`));
    for (const run of own) await store.save({ run, revision: 1 });
    await store.save({ run: aRun("other", { profileId: BOB }), revision: 1 });
    await store.passGate(aGate("entry"));
    expect((await store.ofPerson(ANN)).map(({ run }) => run)).toEqual(own);
    expect(await store.ofPerson("p_nobody" as ProfileId)).toEqual([]);
  });

  /** Everybody who entered, by shard. */
  async function entered(store: RunStore, from: number, before: number): Promise<string[][]> {
    const shards: string[][] = [];
    for (let shard = 0; shard < ENTRY_SHARDS; shard++) {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.entered({
          journey: "cart-rescue",
          shard,
          from,
          before,
          ...(cursor !== undefined && { cursor }),
        });
        found.push(...page.runs.map(({ id, profileId }) => `${profileId} ${id}`));
        cursor = page.cursor;
      } while (cursor !== undefined);
      shards.push(found);
    }
    return shards;
  }

  test("whoever entered a journey is found once, those moved away left out, a person's runs in one shard", async () => {
    const store = await open();
    const runs = [
      ...["r1", "r2"].map((id) => aRun(id)),
      ...["r3", "r4"].map((id) => ({ ...aRun(id), profileId: BOB })),
      { ...aRun("elsewhere"), journey: "cart-rescue-2" },
      { ...aRun("moved"), movedTo: BOB },
    ];
    for (const run of runs) await store.save({ run, revision: 1 });
    await store.save({ run: aRun("r2", { next: 3 }), revision: 2 });
    expect(await store.save({ run: aRun("r1"), revision: 1 })).toBe("conflict");
    await store.passGate(aGate("one"));
    const shards = await entered(store, NOON, NOON + 1);
    expect(shards.flat().toSorted()).toEqual([`${ANN} r1`, `${ANN} r2`, `${BOB} r3`, `${BOB} r4`].toSorted());
    for (const found of shards) expect([0, 2]).toContain(found.filter((one) => one.startsWith(ANN)).length);
  });

  test("whoever entered a journey is found by the instant of entry", async () => {
    const store = await open();
    for (const [id, at] of [
      ["r1", NOON - 1],
      ["r2", NOON],
      ["r3", NOON + DAY - 1],
      ["r4", NOON + DAY],
    ] as const) {
      await store.save({ run: aRun(id, { enteredAt: at }), revision: 1 });
    }
    expect((await entered(store, NOON, NOON + DAY)).flat().toSorted()).toEqual([`${ANN} r2`, `${ANN} r3`]);
  });

  test("a run that was removed, and another's that was let in at another instant, are not found", async () => {
    const store = await open();
    await store.save({ run: aRun("r1"), revision: 1 });
    await store.remove({ run: aRun("r1"), revision: 1 });
    await store.save({ run: aRun("r2"), revision: 1 });
    expect(await store.save({ run: aRun("r2", { enteredAt: NOON + 5 }), revision: 1 })).toBe("conflict");
    expect((await entered(store, NOON - DAY, NOON + DAY)).flat()).toEqual([`${ANN} r2`]);
  });

  test("a run is removed only at the revision that is named", async () => {
    const store = await open();
    await store.save({ run: aRun("r1"), revision: 1 });
    await store.save({ run: aRun("r1"), revision: 2 });
    await store.remove({ run: aRun("r1"), revision: 1 });
    expect(await store.ofPerson(ANN)).toHaveLength(1);
    await store.remove({ run: aRun("r1"), revision: 2 });
    expect(await store.ofPerson(ANN)).toEqual([]);
  });

  test("a gate lets one entry pass, that entry again, and another once it has reopened", async () => {
    const store = await open();
    expect(await store.passGate(aGate("one"))).toBe("passed");
    expect(await store.passGate(aGate("two", { at: NOON + 7 * DAY - 1 }))).toBe("closed");
    expect(await store.passGate(aGate("one", { at: NOON + DAY }))).toBe("passed");
    expect(await store.gatesOf(ANN)).toEqual([aGate("one")]);
    expect(await store.passGate(aGate("two", { at: NOON + 7 * DAY }))).toBe("passed");
    expect(await store.passGate(aGate("one", { at: NOON + 8 * DAY }))).toBe("closed");
  });

  test("a gate for good never reopens, and each journey, key and person has one of its own", async () => {
    const store = await open();
    const ever = { key: "ever", reopensAfterMs: Number.POSITIVE_INFINITY };
    expect(await store.passGate(aGate("one", ever))).toBe("passed");
    expect(await store.passGate(aGate("two", { ...ever, at: NOON + 4000 * DAY }))).toBe("closed");
    for (const other of [{ journey: "welcome" }, { key: "property:a#b" }, { profileId: BOB }]) {
      expect(await store.passGate(aGate("two", { ...ever, ...other }))).toBe("passed");
    }
    const sorted = (await store.gatesOf(ANN)).map(({ journey, key }) => `${journey} ${key}`).toSorted();
    expect(sorted).toEqual(["cart-rescue ever", "cart-rescue property:a#b", "welcome ever"]);
  });

  test("of two gates of people who turned out to be one the later is kept", async () => {
    const store = await open();
    await store.keepGate(aGate("one"));
    await store.keepGate(aGate("two", { at: NOON + DAY }));
    await store.keepGate(aGate("one"));
    expect(await store.gatesOf(ANN)).toEqual([aGate("two", { at: NOON + DAY })]);
  });

  test("of entries that come at once one passes a gate", async () => {
    const store = await open();
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_unused, n) => store.passGate(aGate(`entry ${n}`))));
    expect(outcomes.filter((outcome) => outcome === "passed")).toHaveLength(1);
  });
});

test("a run that is stored is found by its journey, wherever its writer died", async () => {
  const dynamo = makeMemoryDynamo();
  const dying = {
    send: (command: object) => {
      // The row is there then: it is written before, in a BatchWriteItem.
      if (command instanceof PutItemCommand) return Promise.reject(new Error("the writer dies"));
      return dynamo.client.send(command as never);
    },
  } as unknown as DynamoDBClient;
  const [dead, alive] = [dying, dynamo.client].map((client) => makeRunStore({ dynamo: client, table: "runs" }));
  if (!dead || !alive) throw new Error("no stores");
  const found = async () => {
    const slices = Array.from({ length: ENTRY_SHARDS }, (_, shard) => shard);
    const pages = await Promise.all(
      slices.map((shard) => alive.entered({ journey: "cart-rescue", shard, from: NOON, before: NOON + 1 })),
    );
    return pages.flatMap(({ runs }) => runs.map(({ id }) => id));
  };
  await expect(dead.save({ run: aRun("r1"), revision: 1 })).rejects.toThrow("store_unavailable");
  expect(await alive.ofPerson(ANN)).toEqual([]);
  expect(await found()).toEqual([]);
  expect(await alive.save({ run: aRun("r1"), revision: 1 })).toBe("saved");
  expect(await found()).toEqual(["r1"]);
});
