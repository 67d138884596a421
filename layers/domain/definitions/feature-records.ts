import { comparedChannels, featuresOfOpens, makeChannelOpens } from "#domain/decide/channel-opens.ts";
import { type FeatureSpec, featuresIn, preferenceFeature } from "#domain/rules/features.ts";
import type { RuleSettings } from "#domain/rules/settings.ts";
import { hasRules, readStored, type StoredDefinition } from "./bundle.ts";
import { type RuleHolder, rulesOf, stepsOf } from "./dependencies.ts";

/** Since when everyone's feature is kept for a window. */
export interface FeatureRecord {
  readonly id: string;
  /** The buckets that the definition asks for; null: all time. */
  readonly keep: number | null;
  /** The bundle version and the instant (milliseconds since 1970) from which events count in it. */
  readonly version: number;
  readonly at: number;
}

/** Every feature that a tag, a segment, a ladder or a journey reads; `keep` is the window that it asks for. */
export function featuresOf(definition: RuleHolder, settings: RuleSettings): FeatureSpec[] {
  if (definition.kind === "tag" && definition.value) {
    return [preferenceFeature(definition.value.of, definition.value.top, settings)];
  }
  const opens = channelsComparedBy(definition).flatMap((channel) =>
    featuresOfOpens(makeChannelOpens(channel, settings)),
  );
  return [...rulesOf(definition).flatMap(({ rule }) => featuresIn(rule, settings)), ...opens];
}

/** The channels of which a definition asks what people open: those of journeys that are not stopped. */
export function channelsComparedBy(definition: RuleHolder): string[] {
  if (definition.kind !== "journey" || definition.state === "stopped") return [];
  return comparedChannels(stepsOf(definition.steps));
}

/** Notes in each definition that has changed since when its features are kept: since now, unless a definition of the
 *  bundle before asked for the same feature over a window as long, for then it never stopped being kept. */
export function recordFeatures(
  before: readonly StoredDefinition[],
  after: readonly StoredDefinition[],
  { version, at }: { version: number; at: number },
  settings: RuleSettings,
): StoredDefinition[] {
  const known = Map.groupBy(
    before.flatMap((stored) => recordsOf(stored, settings)),
    ({ id }) => id,
  );
  return after.map((stored) => {
    const definition = ruled(stored);
    if (stored.version !== version || !definition) return stored;
    const features = featuresOf(definition, settings).map(({ id, keep }): FeatureRecord => {
      const asLong = (known.get(id) ?? []).filter((record) => (record.keep ?? Infinity) >= keep);
      const [oldest] = asLong.toSorted((a, b) => a.version - b.version);
      return {
        id,
        keep: Number.isFinite(keep) ? keep : null,
        version: oldest?.version ?? version,
        at: oldest?.at ?? at,
      };
    });
    return features.length === 0 ? stored : { ...stored, features };
  });
}

/** Those of a definition that was stored before there were records count as kept since ever. */
function recordsOf(stored: StoredDefinition, settings: RuleSettings): readonly FeatureRecord[] {
  if (stored.features) return stored.features;
  const definition = ruled(stored);
  return (definition ? featuresOf(definition, settings) : []).map(({ id, keep }) => ({ id, keep, version: 0, at: 0 }));
}

function ruled(stored: StoredDefinition): RuleHolder | undefined {
  const definition = readStored(stored);
  return hasRules(definition) ? definition : undefined;
}
