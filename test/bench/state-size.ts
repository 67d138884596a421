import { toProfileItem } from "#aws/stores/profile-item.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { decodeState, encodeState } from "#domain/profile/codec.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { Profile } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { type Benchmark, checkAnswer, type Figure } from "./benchmark.ts";
import { itemBytes, writeUnits } from "./cost/item-size.ts";
import { newPerson } from "./population/new-person.ts";
import { shopBatches } from "./population/shop-batches.ts";
import { shopBundle } from "./population/shop-definitions.ts";
import { customerEvents, visitorEvents } from "./population/typical-people.ts";
import { quantile } from "./time-ratio.ts";

const DEFAULT_EVENTS = 200_000;

export const stateSize: Benchmark = {
  name: "state-size",
  summary: "bytes of encoded states, and write units of every write of the benchmark population",
  run({ events = DEFAULT_EVENTS }) {
    const bundle = shopBundle();
    const visitor = fold(undefined, visitorEvents(), bundle);
    const customer = customerEvents().reduce<Profile | undefined>(
      (before, own) => fold(before, own, bundle),
      undefined,
    );
    if (!customer) throw new RangeError("no customer");
    checkTypical(customer);
    const sizes = writeAll(events, bundle);
    const units = sizes.map(writeUnits);
    const { state } = customer;
    const figures: Figure[] = [
      {
        name: "anonymous visitor with 5 events",
        value: checkedBytes(visitor),
        unit: "bytes of state",
        goal: { atMost: 512 },
      },
      { name: "anonymous visitor with 5 events, whole item", value: itemBytes(toProfileItem(visitor)), unit: "bytes" },
      {
        name: "typical customer (20 traits, 10 features, 10 orders, 60 messages)",
        value: checkedBytes(customer),
        unit: "bytes of state",
        goal: { atMost: 1536 },
      },
      { name: "typical customer, whole item", value: itemBytes(toProfileItem(customer)), unit: "bytes" },
      { name: "write units, median", value: quantile(units, 0.5), goal: { atMost: 1 } },
      { name: "write units, 95th percentile", value: quantile(units, 0.95), goal: { atMost: 2 } },
      { name: "write units, most", value: Math.max(...units) },
      { name: "item, median", value: quantile(sizes, 0.5), unit: "bytes" },
      { name: "item, 95th percentile", value: quantile(sizes, 0.95), unit: "bytes" },
      { name: "writes", value: sizes.length },
    ];
    const days = state.activeDays.size;
    const buckets = [...state.features.values()].reduce((sum, own) => sum + own.size, 0);
    return {
      figures,
      notes: [
        `The typical customer has ${state.identifiers.size} identifiers, ${days} active days and ${buckets} buckets in its features.`,
        "The population writes a person once for each visit (5 events on average), outbox included.",
        "Checked: decoding gives back what was encoded.",
      ],
    };
  },
};

function fold(before: Profile | undefined, events: readonly CollectedEvent[], bundle: CompiledBundle): Profile {
  const [first] = events;
  if (!first) throw new RangeError("no events");
  const profile = before ?? newPerson(first);
  const { state } = foldEvents(profile.state, events, bundle.features);
  return nextVersion(
    { ...profile, outbox: [] },
    { state },
    Math.max(...events.map((event) => event.receivedAt)),
    bundle,
  );
}

/** Bytes of the encoded state, which must be the whole of it. */
function checkedBytes({ state }: Profile): number {
  const bytes = encodeState(state);
  checkAnswer(
    "encoded again",
    Buffer.from(encodeState(decodeState(bytes))).toString("hex"),
    Buffer.from(bytes).toString("hex"),
  );
  return bytes.length;
}

function checkTypical({ state }: Profile): void {
  checkAnswer("traits", state.traits.size, 20);
  checkAnswer("features", state.features.size, 10);
  checkAnswer("orders", state.orders.size, 10);
  checkAnswer("remembered messages", state.seen.size, 60);
}

/** Sizes of all items that the population's visits write. */
function writeAll(events: number, bundle: CompiledBundle): number[] {
  const people = new Map<string, Profile>();
  const sizes: number[] = [];
  for (const { lines } of shopBatches({ people: Math.ceil(events * 0.097), events }, bundle.calendar)) {
    const read = lines.map((line) => JSON.parse(line) as CollectedEvent);
    for (const [key, own] of Map.groupBy(read, ({ identifiers }) => identifiers[0]?.[1] ?? "")) {
      const profile = fold(people.get(key), own, bundle);
      people.set(key, profile);
      sizes.push(itemBytes(toProfileItem(profile)));
    }
  }
  return sizes;
}
