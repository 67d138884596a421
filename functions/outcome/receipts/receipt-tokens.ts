import { timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { VerifierPorts } from "./verifiers.ts";

/** Of a provider that signs with a word of ours, or not at all: that word lies in the channel's secret. */
const Secret = z.object({ receiptToken: z.string().min(16).max(200) });

/** The tokens of every channel of an adapter: two accounts have two. */
export async function readReceiptTokens(ports: VerifierPorts, adapter: string): Promise<string[]> {
  const { channels } = await ports.definitions.get();
  const named = channels.flatMap((one) => (one.adapter === adapter && one.secret !== undefined ? [one.secret] : []));
  const secrets = await Promise.all([...new Set(named)].map((name) => ports.secretOf(name)()));
  return secrets.flatMap((text) => tokenOf(text) ?? []);
}

/** Whether two texts are the same, in the same time for every wrong one. */
export function isSameText(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function tokenOf(text: string | undefined): string | undefined {
  try {
    return Secret.safeParse(JSON.parse(text ?? "null")).data?.receiptToken;
  } catch {
    return undefined;
  }
}
