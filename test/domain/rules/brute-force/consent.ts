import type { CollectedEvent } from "#events/collected-event.ts";
import type { Rule } from "#events/rule.ts";

/** A grant from a public source counts only if an earlier event had the same anonymousId. */
export function consent(
  { purpose, channel, granted = true }: NonNullable<Rule["consent"]>,
  events: readonly CollectedEvent[],
) {
  const standing = new Map<string, { at: number; granted: boolean; counts: boolean }>();
  // Collectors may be a minute ahead of those who write refusals down.
  const weight = ({ at, consent: word, source }: CollectedEvent) =>
    word?.granted && source.name !== "strata" ? at - 60_000 : at;
  for (const event of events.toSorted(
    (a, b) => weight(a) - weight(b) || Number(b.consent?.granted ?? false) - Number(a.consent?.granted ?? false),
  )) {
    const said = event.consent;
    if (said?.purpose !== purpose) continue;
    const anonymous = event.identifiers.find(([type]) => type === "anonymousId")?.[1];
    const wasKnown = events.some(
      (it) => it.at < event.at && it.identifiers.some(([type, value]) => type === "anonymousId" && value === anonymous),
    );
    const counts = !said.granted || event.source.type !== "web" || (anonymous !== undefined && wasKnown);
    standing.set(said.channel, { at: weight(event), granted: said.granted, counts });
  }
  const words = [standing.get(channel), standing.get("*")].flatMap((word) => (word?.counts ? [word] : []));
  return words.toSorted((a, b) => b.at - a.at || Number(a.granted) - Number(b.granted))[0]?.granted === granted;
}
