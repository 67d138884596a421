import type { ItemChange, MemoryDynamo } from "../../../support/memory-dynamo.ts";
import type { Journal } from "../../checks/journal.ts";
import { MESSAGE_CONFIG } from "../message-config.ts";
import type { ProviderCall } from "../network/provider-call.ts";
import type { Place } from "./places.ts";

/** A call that began before a refusal was answered is under way: between its last look at the suppressions and the call
 *  itself lies no more than this. */
const UNDER_WAY_MS = 5_000;
const SCOPES = ["all", "marketing"] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is written to no more. An opt-out, a bounce or a complaint that was answered is a row of the Suppressions table, no
 *  row comes of nothing, and no send begins after it. */
export function watchRefusals(on: {
  journal: Journal;
  dynamo: MemoryDynamo;
  placeOf: (channel: string, address: string) => Place;
  now: () => number;
  complain: (law: string, what: string) => void;
  count: (metric: string, n: number) => void;
}) {
  const { journal, dynamo, now, complain, count } = on;
  const answered = new Map<string, number>();
  const asked = new Set<string>();
  const liftedAt = new Map<Place, number>();
  const table = MESSAGE_CONFIG.STRATA_TABLE_SUPPRESSIONS;

  dynamo.onChange((change) => {
    if (change.table !== table) return;
    for (const scope of SCOPES) {
      const [before, after] = [change.before?.[`${scope}A`]?.N, change.after?.[`${scope}A`]?.N];
      if (before === undefined && after !== undefined) watchPut(placeIn(change), scope);
      if (before !== undefined && after === undefined) watchLift(placeIn(change), scope, Number(before));
    }
  });

  function watchPut(place: Place, scope: Scope): void {
    count(`suppressed ${scope}`, 1);
    // Who opts out does so for all of their addresses on a channel.
    const isAsked = asked.has(`${scope} ${place}`) || (scope === "marketing" && asked.has(channelOf(place)));
    if (!isAsked) complain("suppressed-unasked", `${place}: ${scope}, and nobody said so`);
  }

  function watchLift(place: Place, scope: Scope, saidAt: number): void {
    const channel = channelOf(place);
    const isGrantedSince = journal.accepted.some(({ events }) =>
      events.some(
        ({ consent, at }) =>
          consent?.granted && (consent.channel === channel || consent.channel === "*") && at >= saidAt,
      ),
    );
    if (scope === "all" || !isGrantedSince)
      complain("lifted", `${place} is suppressed no more, and nobody agreed since`);
    liftedAt.set(place, now());
    answered.delete(`${scope} ${place}`);
    count("suppressions lifted", 1);
  }

  return {
    /** Somebody begins to say that nothing more of a kind is to come there. */
    onAsked(place: Place, scope: Scope): void {
      asked.add(`${scope} ${place}`);
      if (scope === "marketing") asked.add(channelOf(place));
    },

    /** They are told that nothing will. */
    onAnswered(place: Place, scope: Scope, askedAt: number): void {
      const row = dynamo.items(table).find(({ pk }) => pk?.S === place);
      const key = `${scope} ${place}`;
      if (row?.[`${scope}A`] === undefined) {
        // Somebody agreed again before the answer arrived.
        const isLifted = scope === "marketing" && (liftedAt.get(place) ?? -1) >= askedAt;
        if (!isLifted) complain("not-suppressed", `${place}: ${scope} was answered, and is not there`);
      } else if (!answered.has(key)) answered.set(key, now());
    },

    onCall({ message, touchId, at }: ProviderCall): void {
      const place = on.placeOf(message.message.channel, message.address);
      for (const scope of SCOPES) {
        const since = answered.get(`${scope} ${place}`);
        if (since === undefined || (scope === "marketing" && message.category !== "marketing")) continue;
        const what = `${touchId} is sent to ${message.address} ${at - since} ms after an opt-out was answered`;
        if (at > since + UNDER_WAY_MS) complain("opt-out", what);
        else count("calls under way while an opt-out was answered", 1);
      }
    },
  };
}

function placeIn({ before, after }: ItemChange): Place {
  return (after ?? before)?.pk?.S ?? "";
}

function channelOf(place: Place): string {
  return place.split("#", 1)[0] ?? "";
}
