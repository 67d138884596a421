import type { ProfileState } from "#domain/profile/state.ts";
import { distinctFeature, type FeatureSpec } from "#domain/rules/features.ts";
import type { RuleSettings } from "#domain/rules/settings.ts";
import type { Step } from "#events/definitions/journey/steps.ts";

/** How far back the messages lie that count: people change. */
const DAYS = 90;

/** What profiles keep of one channel because a journey asks whose messages a person opens: which touches were sent by
 *  it, and which the person opened. Sets of touches, so that a message which is opened on ten days counts once, and
 *  folding commutes and repeats without effect as it does for every feature. */
export interface ChannelOpens {
  readonly sent: FeatureSpec;
  readonly opened: readonly FeatureSpec[];
}

/** Messages of a channel to one person, and how many of them the person opened. */
export interface OpenCount {
  readonly sent: number;
  readonly opened: number;
}

/** The channels between which steps choose by what the person opens. */
export function comparedChannels(steps: readonly { readonly step: Step }[]): string[] {
  return [...new Set(steps.flatMap(({ step }) => (step.send?.prefer ? [step.send.channel].flat() : [])))];
}

/** Whoever follows a link has opened the message, whether or not its picture was loaded; by SMS, push and WeChat that
 *  alone tells it, unless an app says `Message Opened` itself. A popup that was closed was seen. What programs open is
 *  nobody's. */
export function makeChannelOpens(channel: string, settings: RuleSettings): ChannelOpens {
  const ofChannel = { property: "channel", is: channel };
  const byPeople = { property: "automated", exists: false };
  const touchesOf = (event: string, where?: Parameters<typeof distinctFeature>[0]["where"]) =>
    distinctFeature({ event, property: "touchId", within: `${DAYS}d`, where }, settings);
  return {
    sent: touchesOf("Message Sent", [ofChannel]),
    opened: [
      touchesOf("Message Opened", [ofChannel, byPeople]),
      touchesOf("Message Clicked", [ofChannel, byPeople]),
      ...(channel === "inapp" ? [touchesOf("In-App Dismissed")] : []),
    ],
  };
}

/** The features of one channel's opens. */
export function featuresOfOpens({ sent, opened }: ChannelOpens): readonly FeatureSpec[] {
  return [sent, ...opened];
}

/** Counts what a person opened of a channel: of the last 64 messages at most, sent within the 90 days before today.
 *  Today's do not count yet: hardly anybody has had the time to open them. Pure.
 *  @param opens undefined where nothing of it is kept.
 *  @param today a calendar day of the project. */
export function countOpens(
  { distincts }: Pick<ProfileState, "distincts">,
  opens: ChannelOpens | undefined,
  today: number,
): OpenCount {
  const known = opens?.opened.flatMap(({ id }) => distincts.get(id) ?? []) ?? [];
  const sent = [...(distincts.get(opens?.sent.id ?? "") ?? [])].filter(([, day]) => day < today && day >= today - DAYS);
  return { sent: sent.length, opened: sent.filter(([touch]) => known.some((touches) => touches.has(touch))).length };
}

/** How likely one more message is to be opened: (opened + 1) / (sent + 2), Laplace's rule of succession, which is the mean
 *  of a Beta(1 + opened, 1 + unopened) distribution (Laplace, Essai philosophique sur les probabilités, 1814). One
 *  of one is 2/3 and does not beat 40 of 50, 41/52; a channel that was never used is 1/2, so that it gets its try. */
export function expectedOpenRate({ sent, opened }: OpenCount): number {
  return (opened + 1) / (sent + 2);
}
