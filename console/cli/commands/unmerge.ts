import * as z from "zod";
import { UnmergeAnswer } from "#events/admin-api/identity.ts";
import type { ProfileView } from "#events/admin-api/profile-view.ts";
import { CliError, ExitCode, usageError } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { checkPerson, findPerson, isProfileId } from "../find-person.ts";
import { printable } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

const Options = z.object({ yes: z.boolean().default(false) });

/** Takes a wrong merge apart: one person becomes two again, each with their own events. */
export const unmerge: Command = {
  usage: "unmerge <person> <merged>",
  summary: "Take a wrong merge apart: a person (type:value or profile id), and whom to take out of it (profile id)",
  options: [["--yes", "Do not ask first"]],
  examples: [
    "strata profile userId:12583          # merged from: p_1s8v0c3n7r5k2e9y4u6w1q0zbb",
    "strata unmerge userId:12583 p_1s8v0c3n7r5k2e9y4u6w1q0zbb",
    "strata unmerge p_7c4qk2m9x0v3d8s1t6b5n4h2aa p_1s8v0c3n7r5k2e9y4u6w1q0zbb --yes --json",
  ],
  async run([who = "", merged = ""], rawOptions, context) {
    const { terminal } = context;
    const { yes } = readOptions(Options, rawOptions);
    checkPerson(who);
    if (!isProfileId(merged))
      throw usageError(`Not a profile id: ${merged}`, `strata profile ${who} shows who was merged into it.`);
    const { api } = await connect(context);
    const before = await findPerson(api, who);
    if (!yes) await confirmUnmerge(before, merged, terminal);
    // The id as it was given, where it is one: the server knows an un-merge that was asked for before by its old id.
    const id = isProfileId(who) ? who : before.profileId;
    const answer = await api.post(`/admin/v1/profiles/${encodeURIComponent(id)}/unmerge`, UnmergeAnswer, {
      body: { profileId: merged },
    });
    const [kept, taken] = await Promise.all([findPerson(api, answer.kept), findPerson(api, answer.taken)]);
    terminal.print(`${terminal.outColours.green("✔")} Taken apart; both people have new ids.`);
    terminal.print(`  ${kept.profileId}  ${spellIdentifiers(kept)}`);
    terminal.print(`  ${taken.profileId}  ${spellIdentifiers(taken)}  ${terminal.outColours.dim("(taken out)")}`);
    terminal.printJson(answer);
    return ExitCode.ok;
  },
};

async function confirmUnmerge(before: ProfileView, merged: string, terminal: Terminal): Promise<void> {
  if (!terminal.interactive)
    throw usageError("This would take a person apart, and there is nobody to ask.", "Give --yes to do it.");
  terminal.print(`${before.profileId}  ${spellIdentifiers(before)}`);
  terminal.print(`  Every event goes back to whoever held its strongest identifier before ${merged} was merged.`);
  terminal.print("  Both people get new ids, and the link that had joined them will not join them again.");
  if (!(await terminal.confirm(`Take ${merged} out?`))) throw new CliError("not_confirmed", "Nothing was changed.");
}

function spellIdentifiers({ identifiers }: ProfileView): string {
  return identifiers.map(({ type, value }) => `${printable(type)}:${printable(value)}`).join("  ");
}
