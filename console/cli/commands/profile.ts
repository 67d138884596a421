import { MembershipExplanation } from "#events/admin-api/memberships.ts";
import { ProfileView } from "#events/admin-api/profile-view.ts";
import { ExitCode, usageError } from "../cli-error.ts";
import { type Command, connect } from "../command.ts";
import { renderProfile } from "../profile-card.ts";

/** Shows one person: who it is, what was bought, and why each tag holds. */
export const profile: Command = {
  usage: "profile <identifier>",
  summary: "Show a person and why each tag holds, by type:value or by profile id",
  options: [],
  examples: [
    "strata profile userId:12583",
    "strata profile email:ann@example.com",
    "strata profile p_7c4qk2m9x0v3d8s1t6b5n4h2aa --json",
  ],
  async run([who = ""], _options, context) {
    const isId = /^p_[\w-]+$/.test(who);
    if (!isId && !/^[^:]+:./s.test(who))
      throw usageError(
        `Not an identifier: ${who}`,
        "Write it as type:value, such as userId:12583, or give a profile id (p_…).",
      );
    const { api } = await connect(context);
    const view = isId
      ? await api.get(`/admin/v1/profiles/${encodeURIComponent(who)}`, ProfileView)
      : await api.get("/admin/v1/profiles", ProfileView, { query: { identifier: who } });
    const base = `/admin/v1/profiles/${encodeURIComponent(view.profileId)}/memberships/`;
    const why = await Promise.all(
      view.memberships.map(({ key }) => api.get(base + encodeURIComponent(key), MembershipExplanation)),
    );
    for (const line of renderProfile(view, why, context.terminal.outColours)) context.terminal.print(line);
    context.terminal.printJson({ ...view, why: Object.fromEntries(why.map((reason) => [reason.key, reason])) });
    return ExitCode.ok;
  },
};
