import { parseQuietHours, quietUntil } from "#domain/decide/quiet-hours.ts";
import { readConsent } from "#domain/profile/consent.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import { readTrait } from "#domain/profile/traits.ts";
import { makeCalendar } from "#domain/time/calendar.ts";
import { type Journal, rootOf } from "../../checks/journal.ts";
import { CAPS, PROJECT_ZONE, QUIET } from "../message-definitions.ts";
import type { ProviderCall } from "../network/provider-call.ts";
import type { Place } from "./places.ts";

/** What a worker has read of a person may be as old as a claim and the wait for a place before it. */
const READ_MS = 5 * 60_000;
/** Two workers' clocks differ by so much at most, and a place under a cap is taken up to a claim before the call. */
const CAP_SLACK_MS = 4 * 60_000 + 65_000;
const quiet = parseQuietHours(QUIET);
const calendars = new Map<string, ReturnType<typeof makeCalendar>>();

/** When somebody was last known to agree on a channel, or to live in a zone. */
interface Past {
  readonly key: string;
  until: number;
}

/** Marketing goes to who has agreed to it on that very channel, not at night, and not too often. */
export function watchLimits(on: {
  journal: Journal;
  channels: readonly string[];
  placeOf: (channel: string, address: string) => Place;
  now: () => number;
  complain: (law: string, what: string) => void;
}) {
  const { journal, channels, complain, now } = on;
  const granted = new Map<ProfileId, Map<string, number>>();
  const zones = new Map<ProfileId, Past[]>();

  journal.onVersion((_, before) => {
    if (!before) return;
    for (const channel of channels) {
      if (!isGranted(before, channel)) continue;
      const until = granted.get(before.id) ?? new Map<string, number>();
      granted.set(before.id, until.set(channel, now()));
    }
    const past = zones.get(before.id) ?? [];
    zones.set(before.id, past);
    const [last, zone] = [past.at(-1), zoneOf(before)];
    if (last?.key === zone) last.until = now();
    else past.push({ key: zone, until: now() });
  });

  function familyOf(id: ProfileId): Profile[] {
    const root = rootOf(journal.people, id);
    return [...journal.people.values()].filter((person) => rootOf(journal.people, person.id) === root);
  }

  return {
    onCall({ touchId, message, at, ownClock }: ProviderCall): void {
      if (message.category !== "marketing") return;
      const { channel } = message.message;
      const family = familyOf(message.profileId);
      const isKnown = family.some(
        (person) =>
          (person.mergedInto === undefined && isGranted(person, channel)) ||
          (granted.get(person.id)?.get(channel) ?? 0) >= at - READ_MS,
      );
      if (!isKnown) complain("consent", `${touchId} is sent to ${message.address} by ${channel}, who has not agreed`);
      const known = family.flatMap((person) => [
        ...(person.mergedInto === undefined ? [zoneOf(person)] : []),
        ...(zones.get(person.id) ?? []).filter(({ until }) => until >= at - READ_MS).map(({ key }) => key),
      ]);
      const isAwake = known.some((zone) => quietUntil(ownClock, quiet, calendarOf(zone)) === undefined);
      if (!isAwake) {
        const what = `${touchId} is sent to ${message.address} at ${new Date(ownClock).toISOString()}, quiet in ${known.join(", ")}`;
        complain("quiet-hours", what);
      }
    },

    check(taken: readonly ProviderCall[]): void {
      const marketing = taken.filter(({ message }) => message.category === "marketing");
      const byPlace = Map.groupBy(marketing, ({ message }) => on.placeOf(message.message.channel, message.address));
      for (const [place, own] of byPlace) {
        const times = own.map(({ at }) => at).toSorted((a, b) => a - b);
        for (const { max, perMs } of CAPS) {
          for (const [n, first] of times.entries()) {
            const over = times[n + max];
            if (over !== undefined && over - first < perMs - CAP_SLACK_MS)
              complain("cap", `${place} gets ${max + 1} messages in ${Math.round((over - first) / 60_000)} minutes`);
          }
        }
      }
    },
  };
}

function isGranted({ state }: Profile, channel: string): boolean {
  return readConsent(state, "marketing", channel)?.granted === true;
}

function zoneOf({ state }: Profile): string {
  const trait = state.traits.get("timezone");
  const zone = trait && readTrait(trait, undefined);
  return typeof zone === "string" ? zone : PROJECT_ZONE;
}

function calendarOf(zone: string) {
  const known = calendars.get(zone) ?? makeCalendar(zone);
  calendars.set(zone, known);
  return known;
}
