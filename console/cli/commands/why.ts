import * as z from "zod";
import { MembershipExplanation } from "#events/admin-api/memberships.ts";
import type { ProfileView } from "#events/admin-api/profile-view.ts";
import { type ApiClient, ApiError } from "../api-client.ts";
import { CliError, ExitCode } from "../cli-error.ts";
import { type Command, connect } from "../command.ts";
import { checkPerson, findPerson } from "../find-person.ts";
import { readDefinition, readZone, spellTitle } from "../project-zone.ts";
import { printable } from "../spell.ts";
import { renderWhy } from "../why-text.ts";

const Near = z.object({ near: z.array(z.string()) });

/** Says why one person is, or is not, in a tag, a segment or a tier. */
export const why: Command = {
  usage: "why <person> <key>",
  summary: "Say why a person (type:value or profile id) is, or is not, in a tag, a segment or a tier",
  options: [],
  examples: [
    "strata why userId:12583 frequent-buyer",
    "strata why email:ann@example.com segment:win-back",
    "strata why p_7c4qk2m9x0v3d8s1t6b5n4h2aa tier:value=high --json",
    "strata why userId:12583 tier:value          # the tier that the person stands on",
  ],
  async run([who = "", asked = ""], _options, context) {
    const { terminal } = context;
    checkPerson(who);
    const { api } = await connect(context);
    const view = await findPerson(api, who);
    const key = completeKey(asked, view);
    const explained = await explain(api, view, key);
    const [kind = "", rest = ""] = explained.key.split(/:(.*)/s);
    const [definition, timeZone] = await Promise.all([
      readDefinition(api, kind === "tier" ? "ladder" : kind, rest.split("=", 1)[0] ?? ""),
      readZone(api),
    ]);
    const [first] = view.identifiers;
    const name = first ? `${printable(first.type)} ${printable(first.value)}` : view.profileId;
    const text = renderWhy(explained, { who: name, title: spellTitle(definition), timeZone }, terminal.outColours);
    for (const line of text) terminal.print(line);
    terminal.printJson(explained);
    return ExitCode.ok;
  },
};

/** A bare name is a tag's; a ladder, or a tag with values, stands for what the person has of it. */
function completeKey(asked: string, { memberships }: ProfileView): string {
  const key = asked.includes(":") ? asked : `tag:${asked}`;
  const held = memberships.map((membership) => membership.key);
  return (
    held.find((candidate) => candidate === key) ?? held.find((candidate) => candidate.startsWith(`${key}=`)) ?? key
  );
}

async function explain(api: ApiClient, { profileId }: ProfileView, key: string): Promise<MembershipExplanation> {
  const path = `/admin/v1/profiles/${encodeURIComponent(profileId)}/memberships/${encodeURIComponent(key)}`;
  try {
    return await api.get(path, MembershipExplanation);
  } catch (error) {
    const near = error instanceof ApiError ? Near.safeParse(error.details) : undefined;
    if (!(error instanceof ApiError) || error.code !== "membership_unknown" || !near?.success) throw error;
    throw new CliError("membership_unknown", `There is nothing called ${key}.`, {
      details: near.data,
      lines: [],
      hint:
        near.data.near.length > 0
          ? `Did you mean ${near.data.near.join(", ")}?`
          : "A key is such as tag:frequent-buyer, segment:win-back or tier:value=high; `strata totals` lists them.",
    });
  }
}
