import { findLiving } from "#domain/identity/find-living.ts";
import type { Receipt } from "#domain/outcomes/receipt.ts";
import { type Outcome, putOutcomes } from "#domain/touches/outcome-event.ts";
import type { Touch } from "#domain/touches/touch.ts";
import type { ReceiptPorts } from "../ports.ts";

/** Acts on receipts that were found genuine: a dead or complaining address is suppressed first, then the outcome goes
 *  into the event stream. Taking one twice changes nothing. Receipts about messages of others, or of another channel than
 *  who tells is believed about, are counted and left. Throws what the ports throw; then the provider sends again. */
export async function takeReceipts(ports: ReceiptPorts, channel: string, receipts: readonly Receipt[]): Promise<void> {
  const taken = await Promise.all(receipts.map((receipt) => takeReceipt(ports, channel, receipt)));
  await putOutcomes(
    ports.events,
    taken.filter((outcome) => outcome !== undefined),
  );
}

async function takeReceipt(ports: ReceiptPorts, channel: string, receipt: Receipt): Promise<Outcome | undefined> {
  const touch = await findTouch(ports, receipt.touch);
  if (touch?.channel !== channel) {
    ports.count("ReceiptsOfNobody", 1);
    return undefined;
  }
  ports.count("ReceiptsTaken", 1);
  const { suppress, name, at, occurrence, properties } = receipt;
  if (suppress && touch.addressHash !== undefined) {
    const scope = suppress === "unsubscribed" ? "marketing" : "all";
    await ports.suppressions.put(touch.channel, touch.addressHash, scope, { reason: suppress, at });
  }
  const person = await findLiving(ports.profiles, touch.profileId);
  if (!person) return undefined;
  const { calendar } = await ports.definitions.get();
  return {
    name,
    touch,
    person,
    // A provider's clock may be ahead of ours; nothing happens in the future.
    at: Math.min(at, ports.now()),
    calendar,
    now: ports.now(),
    ...(occurrence !== undefined && { occurrence }),
    ...(properties && { properties }),
  };
}

/** A receipt may overtake the row that tells which touch the provider means, so the tag is asked first. */
async function findTouch(
  { touches }: Pick<ReceiptPorts, "touches">,
  { touchId, provider, providerId }: Receipt["touch"],
): Promise<Touch | undefined> {
  const id = touchId ?? (await touches.findByProvider(provider, providerId));
  return id === undefined ? undefined : (await touches.find(id))?.touch;
}
