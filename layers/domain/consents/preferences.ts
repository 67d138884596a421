import type { LinkKey } from "#domain/links/link-token.ts";
import type { SuppressionStore } from "#domain/ports/suppression-store.ts";
import { readConsent } from "#domain/profile/consent.ts";
import { addressesOf } from "#domain/touches/address.ts";
import type { Statement } from "./consent-event.ts";
import { hashedAddresses, type Subject } from "./state-consents.ts";

/** The channels that a person can be asked about, in the order in which they are shown. */
const ASKED = ["email", "sms", "push", "wechat"] as const;

/** How one purpose stands on one channel today. */
export interface Preference extends Statement {
  /** Nothing is sent there whatever is granted: the address bounced, or somebody complained. */
  readonly blocked: boolean;
}

/** What a person may say on the preference page: each purpose on each channel on which they can be reached, and the one
 *  that the link came by. */
export async function readPreferences(
  suppressions: Pick<SuppressionStore, "find">,
  subject: Subject,
  purposes: readonly string[],
  key: LinkKey,
): Promise<Preference[]> {
  const { person, address } = subject;
  const channels = new Set(ASKED.filter((channel) => person && addressesOf(person, channel).length > 0) as string[]);
  if (address) channels.add(address.channel);
  const blocks = new Map(
    await Promise.all(
      Array.from(channels, async (channel) => [channel, await blocksOf(suppressions, subject, channel, key)] as const),
    ),
  );
  return [...new Set(["marketing", ...purposes])].flatMap((purpose) =>
    Array.from(channels, (channel): Preference => {
      const { all = false, marketing = false } = blocks.get(channel) ?? {};
      const isSuppressed = purpose === "marketing" && (all || marketing);
      const isGranted = person !== undefined && readConsent(person.state, purpose, channel)?.granted === true;
      return { purpose, channel, granted: isGranted && !isSuppressed, blocked: purpose === "marketing" && all };
    }),
  );
}

/** Whether every address of a channel is suppressed, by scope: an address that is free can be reached. */
async function blocksOf(
  suppressions: Pick<SuppressionStore, "find">,
  subject: Subject,
  channel: string,
  key: LinkKey,
): Promise<{ all: boolean; marketing: boolean }> {
  const addresses = hashedAddresses(subject, channel, key);
  const found = await Promise.all(addresses.map(({ addressHash }) => suppressions.find(channel, addressHash)));
  return {
    all: found.length > 0 && found.every(({ all }) => all !== undefined),
    marketing: found.length > 0 && found.every(({ marketing }) => marketing !== undefined),
  };
}

/** What somebody has said by sending the form: every row that they set otherwise than it was shown to them, and every
 *  row that is not as they sent it. A row that says what was shown and is so is no statement. Pure. */
export function statementsOf(
  current: readonly Preference[],
  shown: ReadonlySet<string>,
  chosen: ReadonlySet<string>,
): Statement[] {
  return current.flatMap(({ purpose, channel, granted: is }) => {
    const name = preferenceName({ purpose, channel });
    const granted = chosen.has(name);
    return granted === is && granted === shown.has(name) ? [] : { purpose, channel, granted };
  });
}

/** The name of a row in the form: `marketing.email`. */
export function preferenceName({ purpose, channel }: Pick<Statement, "purpose" | "channel">): string {
  return `${purpose}.${channel}`;
}
