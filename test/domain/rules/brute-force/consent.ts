import type { CollectedEvent } from "#events/collected-event.ts";
import type { Rule } from "#events/rule.ts";

/** A grant from a public source counts only if an earlier event had the same anonymousId. */
export function consent(
  { purpose, channel, granted = true }: NonNullable<Rule["consent"]>,
  events: readonly CollectedEvent[],
) {
  const standing = new Map<string, { at: number; granted: boolean; counts: boolean }>();
  for (const event of events.toSorted((a, b) => a.at - b.at)) {
    const said = event.consent;
    if (said?.purpose !== purpose) continue;
    const anonymous = event.identifiers.find(([type]) => type === "anonymousId")?.[1];
    const wasKnown = events.some(
      (it) => it.at < event.at && it.identifiers.some(([type, value]) => type === "anonymousId" && value === anonymous),
    );
    const counts = !said.granted || event.source.type !== "web" || (anonymous !== undefined && wasKnown);
    standing.set(said.channel, { at: event.at, granted: said.granted, counts });
  }
  const words = [standing.get(channel), standing.get("*")].flatMap((word) => (word?.counts ? [word] : []));
  return words.toSorted((a, b) => b.at - a.at)[0]?.granted === granted;
}
