import { timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import type { VerifierPorts } from "./verifiers.ts";

/** Of a provider that signs with a word of ours, or not at all: that word lies in the channel's secret. */
export const ReceiptSecret = z.object({ receiptToken: z.string().min(16).max(200) });

export interface ReceiptChannel<Secret> {
  readonly definition: ChannelDefinition;
  readonly secret: Secret;
}

/** What every channel of an adapter has in its secret for receipts: two accounts have two. One that is not what the schema
 *  says is not there. */
export async function readReceiptSecrets<Secret>(
  ports: VerifierPorts,
  adapter: string,
  schema: z.ZodType<Secret>,
): Promise<ReceiptChannel<Secret>[]> {
  const { channels } = await ports.definitions.get();
  const read = await Promise.all(
    channels.map(async (definition) => {
      if (definition.adapter !== adapter || definition.secret === undefined) return [];
      const secret = schema.safeParse(parseJson(await ports.secretOf(definition.secret)())).data;
      return secret === undefined ? [] : [{ definition, secret }];
    }),
  );
  return read.flat();
}

/** Whether two texts are the same, in the same time for every wrong one. */
export function isSameText(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
}
