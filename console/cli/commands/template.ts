import { writeFile } from "node:fs/promises";
import * as z from "zod";
import type { DefinitionChange } from "#events/admin-api/definitions.ts";
import { TemplatePreview, type TemplatePreviewRequest } from "#events/admin-api/templates.ts";
import type { ApiClient } from "../api-client.ts";
import { CliError, ExitCode, usageError } from "../cli-error.ts";
import { type Command, type CommandContext, connect, readOptions } from "../command.ts";
import { isPath } from "../definitions/is-path.ts";
import type { WrittenDefinition } from "../definitions/parse-file.ts";
import { readFolderOrFile } from "../definitions/read-folder.ts";
import { withPlaces } from "../definitions/with-places.ts";
import { checkPerson, findPerson, isProfileId } from "../find-person.ts";
import { OnceText } from "../option-text.ts";
import { openInBrowser } from "../templates/open-in-browser.ts";
import { renderTest, sendTest } from "../templates/send-test.ts";
import { renderTemplatePreview } from "../templates/template-text.ts";

const Options = z.object({
  locale: OnceText.optional(),
  person: OnceText.optional(),
  arm: OnceText.optional(),
  name: OnceText.optional(),
  out: OnceText.optional(),
  open: z.boolean().default(false),
  to: OnceText.optional(),
  by: OnceText.optional(),
});
type Options = z.infer<typeof Options>;

/** Shows messages as they would be, and sends one to whoever wants to see it arrive. */
export const template: Command = {
  usage: "template <action> <what>",
  summary: "preview: show a message as it would be, of a template or a file; test: send one to an address of yours",
  options: [
    ["--locale <locale>", "The language, such as zh (default: the person's)"],
    ["--person <person>", "A real person, type:value or profile id (default: the template's sample)"],
    ["--arm <arm>", "The arm of the journey's last split"],
    ["--name <name>", "Which template of a file that has several"],
    ["--out <file>", "Write the HTML of an e-mail to a file"],
    ["--open", "Show the HTML of an e-mail in the browser"],
    ["--to <address>", "test: where it goes; a profile id for the inbox and the log"],
    ["--by <channel>", "test: the channel definition to use (default: the first of the template's channel)"],
  ],
  examples: [
    "strata template preview cart-rescue --locale zh --person email:ann@example.com --arm coupon",
    "strata template preview my-definitions/cart-rescue.yaml --open",
    "strata template preview my-definitions/messages.yaml --name welcome --out welcome.html",
    "strata template test cart-rescue --to ann@example.com --locale zh",
  ],
  async run([action = "", what = ""], rawOptions, context) {
    const options = readOptions(Options, rawOptions);
    if (options.person !== undefined) checkPerson(options.person);
    if (action === "preview") return preview(what, options, context);
    if (action === "test") return test(what, options, context);
    throw usageError(`There is no ${action} of a template.`, "There are: template preview, template test.");
  },
};

async function preview(
  what: string,
  { locale, person, arm, name, out, open, to, by }: Options,
  context: CommandContext,
): Promise<ExitCode> {
  if (to !== undefined || by !== undefined) throw usageError("--to and --by belong to template test.");
  const { terminal } = context;
  const { shown, written } = await findTemplates(what, name);
  const { api } = await connect(context);
  const body: TemplatePreviewRequest = {
    ...(locale !== undefined && { locale }),
    ...(arm !== undefined && { arm }),
    ...(person !== undefined && { profileId: await profileIdOf(api, person) }),
    ...(written.length > 0 && { changes: written.map(asChange) }),
  };
  const path = `/admin/v1/templates/${encodeURIComponent(shown)}/preview`;
  const answer = await withPlaces(written, () => api.post(path, TemplatePreview, { body }));
  for (const line of renderTemplatePreview(answer, terminal.outColours)) terminal.print(line);
  terminal.printJson(answer);
  if (out !== undefined || open) {
    const file = out ?? `${shown}.${answer.locale}.html`;
    await writeFile(file, htmlOf(answer));
    terminal.say(`HTML written to ${file}`);
    if (open) openInBrowser(file);
  }
  return answer.faults.length === 0 ? ExitCode.ok : ExitCode.failed;
}

async function test(
  name: string,
  { locale, person, arm, to, by, name: other, out, open }: Options,
  context: CommandContext,
): Promise<ExitCode> {
  if (other !== undefined || out !== undefined || open) throw usageError("--name, --out and --open belong to preview.");
  if (name === "" || (await isPath(name))) {
    throw usageError("Which template? A test is sent of one in force, by its name.", "strata apply makes a file's so.");
  }
  if (to === undefined) throw usageError("Where to? Say --to with an address of yours.");
  const { terminal } = context;
  const { api } = await connect(context);
  const body = {
    to,
    ...(by !== undefined && { by }),
    ...(locale !== undefined && { locale }),
    ...(arm !== undefined && { arm }),
    ...(person !== undefined && { profileId: await profileIdOf(api, person) }),
  };
  const result = await sendTest(api, name, body, terminal);
  for (const line of renderTest(result, terminal)) terminal.print(line);
  terminal.printJson(result);
  return result.state === "sent" ? ExitCode.ok : ExitCode.failed;
}

/** The templates of a file or folder, and which of them is meant; none of them where `what` is a name. */
async function findTemplates(
  what: string,
  name: string | undefined,
): Promise<{ shown: string; written: readonly WrittenDefinition[] }> {
  if (!(await isPath(what))) return { shown: what, written: [] };
  const written = (await readFolderOrFile(what)).filter(({ kind }) => kind === "template");
  const messages = written.filter(({ definition }) => definition.channel !== "partial");
  const found = name === undefined ? messages : messages.filter((one) => one.name === name);
  const [first, second] = found;
  if (!first) throw new CliError("no_template", `There is no template ${name ?? ""} in ${what}.`.replace("  ", " "));
  if (second) {
    throw usageError(`${what} has several templates.`, `Say --name: ${found.map((one) => one.name).join(", ")}.`);
  }
  return { shown: first.name, written };
}

function asChange({ kind, name, definition }: WrittenDefinition): DefinitionChange {
  return { op: "put", kind, name, definition };
}

async function profileIdOf(api: ApiClient, person: string): Promise<string> {
  return isProfileId(person) ? person : (await findPerson(api, person)).profileId;
}

function htmlOf({ message, channel }: TemplatePreview): string {
  if (message?.channel === "email") return message.html;
  const why = channel === "email" ? "it cannot be rendered" : `a message by ${channel} has none`;
  throw new CliError("no_html", `There is no HTML: ${why}.`);
}
