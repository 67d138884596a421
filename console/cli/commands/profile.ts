import { PersonRuns } from "#events/admin-api/journeys.ts";
import { MembershipExplanation } from "#events/admin-api/memberships.ts";
import { ExitCode } from "../cli-error.ts";
import { type Command, connect } from "../command.ts";
import { checkPerson, findPerson } from "../find-person.ts";
import { renderProfile } from "../profile-card.ts";

/** Shows one person: who it is, what was bought, and why each tag holds. */
export const profile: Command = {
  usage: "profile <identifier>",
  summary: "Show a person, and why each tag, segment and tier holds, by type:value or by profile id",
  options: [],
  examples: [
    "strata profile userId:12583",
    "strata profile email:ann@example.com",
    "strata profile p_7c4qk2m9x0v3d8s1t6b5n4h2aa --json",
  ],
  async run([who = ""], _options, context) {
    checkPerson(who);
    const { api } = await connect(context);
    const view = await findPerson(api, who);
    const base = `/admin/v1/profiles/${encodeURIComponent(view.profileId)}/memberships/`;
    const [why, { items: journeys }] = await Promise.all([
      Promise.all(view.memberships.map(({ key }) => api.get(base + encodeURIComponent(key), MembershipExplanation))),
      api.get(`/admin/v1/profiles/${encodeURIComponent(view.profileId)}/journeys`, PersonRuns),
    ]);
    for (const line of renderProfile(view, why, journeys, context.terminal.outColours)) context.terminal.print(line);
    const byKey = Object.fromEntries(why.map((reason) => [reason.key, reason]));
    context.terminal.printJson({ ...view, why: byKey, journeys });
    return ExitCode.ok;
  },
};
