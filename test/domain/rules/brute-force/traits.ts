import type { CollectedEvent } from "#events/collected-event.ts";
import type { BruteForceSettings } from "./settings.ts";

export function traitOf(name: string, events: readonly CollectedEvent[], { traitModes }: BruteForceSettings): unknown {
  const writes = events.filter(({ traits = {} }) => Object.hasOwn(traits, name)).toSorted((a, b) => a.at - b.at);
  const values = writes.map(({ traits = {} }) => traits[name]);
  switch (traitModes[name]) {
    case "setOnce":
      return values[0];
    case "add":
      return values.length === 0
        ? undefined
        : Math.round(values.reduce<number>((a, b) => a + Number(b), 0) * 1e4) / 1e4;
    case "append":
      return values.length === 0 ? undefined : [...new Set(values)];
    default:
      return writes.at(-1)?.traitModes?.[name] === "unset" ? undefined : values.at(-1);
  }
}

export function newest<Key extends "place" | "device">(
  events: readonly CollectedEvent[],
  key: Key,
): CollectedEvent[Key] {
  return events
    .filter((event) => event[key])
    .toSorted((a, b) => a.at - b.at)
    .at(-1)?.[key];
}
