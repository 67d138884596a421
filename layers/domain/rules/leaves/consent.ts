import { readConsent } from "#domain/profile/consent.ts";
import type { Consent } from "#events/rule/leaves.ts";
import type { CompileLeaf } from "../leaf.ts";
import { ALWAYS, NEVER } from "../verdict.ts";

/** The last word on a purpose and channel that counts. Where nothing was said, both questions are answered no. */
export const compileConsent: CompileLeaf<Consent> = ({ purpose, channel, granted = true }) => ({
  judge: ({ state }) => (readConsent(state, purpose, channel)?.granted === granted ? ALWAYS : NEVER),
  seen: ({ state }) => {
    const said = readConsent(state, purpose, channel);
    return said && { granted: said.granted, at: new Date(said.at).toISOString() };
  },
});
