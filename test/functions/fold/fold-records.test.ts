import { describe, expect, test } from "vitest";
import type { FailedEventStore } from "#domain/ports/failed-event-store.ts";
import { StoreUnavailableError } from "#domain/ports/store-error.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";
import type { FeatureSpec } from "#domain/rules/features.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { FailedEvent } from "#events/failed-event.ts";
import { encodeStreamRecord } from "#events/stream-record.ts";
import { foldRecords, type RecordPorts } from "#functions/fold/fold-records.ts";
import { makeMemoryFoldPorts } from "../../support/fold-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";

function openPorts() {
  const kept: FailedEvent[] = [];
  const failedEvents: FailedEventStore = {
    store: async (failed) => void kept.push(...failed),
    list: async () => ({ objects: [] }),
    read: async () => [],
    remove: async () => {},
  };
  const ports = { ...makeMemoryFoldPorts(), failedEvents, stream: "EventStream" } satisfies RecordPorts;
  return { ports, kept };
}

const record = (sequenceNumber: string, ...events: readonly unknown[]) => ({
  sequenceNumber,
  data: encodeStreamRecord("events", events),
});
const of = (user: string, messageId: string): CollectedEvent => anEvent(messageId, { identifiers: [["userId", user]] });

describe("folding stream records", () => {
  test("a record that cannot be read goes to the failed events, whole, and its neighbours are folded", async () => {
    const { ports, kept } = openPorts();
    const garbage = { sequenceNumber: "2", data: Buffer.from("not a record") };
    expect(
      await foldRecords(ports, [record("1", of("u1", "m1")), garbage, record("3", of("u1", "m2"))]),
    ).toBeUndefined();
    expect(kept).toEqual([
      {
        stage: "stream",
        code: "stream_record_unreadable",
        message: expect.stringContaining("not a readable stream record"),
        failedAt: NOON,
        stream: "EventStream",
        sequenceNumber: "2",
        dataBase64: Buffer.from("not a record").toString("base64"),
      },
    ]);
    expect(ports.counted.get("EventsFolded")).toBe(2);
  });

  test("a record of another schema, or of events that no fold can take, is as unreadable as noise", async () => {
    const { ports, kept } = openPorts();
    const facts = { sequenceNumber: "1", data: encodeStreamRecord("facts", []) };
    const nameless = record("2", { ...of("u1", "m1"), identifiers: [] });
    const timeless = record("3", { ...of("u1", "m1"), at: "noon" });
    expect(await foldRecords(ports, [facts, nameless, timeless])).toBeUndefined();
    expect(kept.map(({ code }) => code)).toEqual(["stream_record_unreadable", "event_malformed", "event_malformed"]);
  });

  test("an event that collection cannot have written is refused by its own, and its neighbours are folded", async () => {
    const { ports, kept } = openPorts();
    const odd: Partial<Record<keyof CollectedEvent, unknown>>[] = [
      { traits: "odd" },
      { order: { kind: "completed", id: { a: 1 } } },
      { money: { revenue: "much" } },
      { at: 9e15 },
      { identifiers: [["userId", "u".repeat(3_000)]] },
    ];
    const records = odd.flatMap((fields, n) => [
      record(`${2 * n}`, of("u1", `good-${n}`)),
      record(`${2 * n + 1}`, { ...of("u1", `odd-${n}`), ...fields }),
    ]);
    expect(await foldRecords(ports, records)).toBeUndefined();
    expect(kept.map(({ stage, code }) => [stage, code])).toEqual(odd.map(() => ["stream", "event_malformed"]));
    expect(ports.counted.get("EventsFolded")).toBe(odd.length);
  });

  test("an event whose fold throws is kept with its reason; the others of its person count", async () => {
    const { ports, kept } = openPorts();
    const bundle = await ports.definitions.get();
    const breaking: FeatureSpec = {
      id: "breaking",
      event: "Poison",
      measure: "count",
      unit: "ever",
      keep: Number.POSITIVE_INFINITY,
      matches: () => {
        throw new TypeError("a rule that breaks on this event");
      },
    };
    const byEvent = new Map([...bundle.features.byEvent, ["Poison", [breaking]]]);
    const get = async () => ({ ...bundle, features: { ...bundle.features, byEvent } });
    const throwing: RecordPorts = { ...ports, definitions: { get, atLeast: get } };
    const broken = anEvent("m2", { event: "Poison", identifiers: [["userId", "u1"]] });
    expect(await foldRecords(throwing, [record("1", of("u1", "m1"), broken, of("u1", "m3"))])).toBeUndefined();
    expect(kept).toMatchObject([{ stage: "fold", code: "event_unfoldable", event: { messageId: "m2" } }]);
    expect(ports.counted.get("EventsFolded")).toBe(2);
  });

  test("from the lowest record that a retry may help on, the batch is asked for again; other people are done", async () => {
    const { ports } = openPorts();
    const throttled: RecordPorts = {
      ...ports,
      activity: {
        ...ports.activity,
        append: async (id, events, days) => {
          if (events.some(({ messageId }) => messageId === "m2")) {
            throw new StoreUnavailableError("store_throttled", "Activity");
          }
          return ports.activity.append(id, events, days);
        },
      },
    };
    const batch = [record("1", of("u1", "m1")), record("2", of("u2", "m2")), record("3", of("u3", "m3"))];
    expect(await foldRecords(throttled, batch)).toMatchObject({ retryFrom: "2", error: { code: "store_throttled" } });
    expect(ports.counted.get("EventsFolded")).toBe(2);
    expect(await foldRecords(ports, batch.slice(1))).toBeUndefined();
    expect(ports.counted.get("EventsFolded")).toBe(3);
    expect(ports.counted.get("DuplicatesDropped")).toBe(1);
  });

  test("an error that is nobody's in particular stops only the event that it comes from", async () => {
    const { ports } = openPorts();
    const picky: RecordPorts = {
      ...ports,
      identities: {
        ...ports.identities,
        find: async (keys) => {
          if (keys.includes("userId:u3" as IdentifierKey)) throw new TypeError("a key that the store refuses");
          return ports.identities.find(keys);
        },
      },
    };
    const batch = ["u1", "u2", "u3", "u4", "u5"].map((user, n) => record(String(n), of(user, `m${n}`)));
    expect(await foldRecords(picky, batch)).toMatchObject({ retryFrom: "2", error: { name: "TypeError" } });
    expect(ports.counted.get("EventsFolded")).toBe(4);
  });

  test("where the failed events cannot be kept, the batch is not acknowledged", async () => {
    const { ports } = openPorts();
    const store = async () => {
      throw new StoreUnavailableError("store_unavailable", "failed events");
    };
    const batch = [{ sequenceNumber: "1", data: Buffer.from("noise") }];
    const deaf = { ...ports, failedEvents: { ...ports.failedEvents, store } };
    await expect(foldRecords(deaf, batch)).rejects.toMatchObject({ code: "store_unavailable" });
  });

  test("a person is written once for a whole batch, plus once to reserve new identifiers and once to clear the outbox", async () => {
    const { ports } = openPorts();
    const batch = Array.from({ length: 10 }, (_, n) => record(String(n), of("u1", `m${n}`), of("u1", `n${n}`)));
    await foldRecords(ports, batch);
    expect(ports.profiles.writes()).toBe(3);
    await foldRecords(ports, batch);
    expect(ports.profiles.writes()).toBe(3);
    await foldRecords(ports, [record("99", of("u1", "m99"))]);
    expect(ports.profiles.writes()).toBe(4);
  });
});
