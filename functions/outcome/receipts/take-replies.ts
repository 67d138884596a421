import { stateConsents } from "#domain/consents/state-consents.ts";
import { findLiving } from "#domain/identity/find-living.ts";
import { normaliseIdentifier } from "#domain/identity/normalise-identifier.ts";
import { hashAddress } from "#domain/links/link-token.ts";
import type { Reply } from "#domain/outcomes/receipt.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";
import { isOptOutReply } from "#domain/sms/opt-out-reply.ts";
import type { OutcomePorts } from "../ports.ts";

/** Acts on replies to SMS that were found genuine: one that opts out suppresses its number at once and takes the consent
 *  of whoever has it; any other is left. Taking one twice changes nothing. Throws what the ports throw. */
export async function takeReplies(
  ports: OutcomePorts,
  replies: readonly Reply[],
  { region }: { readonly region?: string } = {},
): Promise<void> {
  const optOuts = replies.filter(({ text }) => isOptOutReply(text));
  await Promise.all(optOuts.map((reply) => takeOptOut(ports, reply, region)));
}

async function takeOptOut(ports: OutcomePorts, { id, phone }: Reply, region: string | undefined): Promise<void> {
  const { calendar, project } = await ports.definitions.get();
  const normalised = normaliseIdentifier("phone", phone, region ?? project.region);
  if (normalised.kind !== "value") return;
  const key = `phone:${normalised.value}` as IdentifierKey;
  const owner = (await ports.identities.find([key])).get(key);
  const person = owner && (await findLiving(ports.profiles, owner));
  const addressHash = hashAddress("sms", normalised.value, await ports.linkKey());
  const statement = { purpose: "marketing", channel: "sms", granted: false };
  await stateConsents(ports, { person, address: { channel: "sms", addressHash } }, [statement], {
    newId: () => `sms-reply:${id}`,
    now: ports.now(),
    calendar,
    collectedBy: "sms-reply",
    proof: `reply:${id}`,
    byPerson: true,
  });
  ports.count("OptOutReplies", 1);
}
