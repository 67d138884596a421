import type { PreviewFigure } from "#events/admin-api/preview.ts";
import type { DryRunAnswer } from "#events/admin-api/simulation.ts";
import { groupDigits, padText, printable, spellInstant } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

type Colours = Terminal["outColours"];

/** Who would get a message of a journey and who not, for a reader. */
export function renderDryRun(answer: DryRunAnswer, c: Colours): string[] {
  const { journey, audience, start, members, recipients, nonRecipients, complete, notes } = answer;
  const figure = (number: PreviewFigure) => spellFigure(number, c);
  const width = Math.max(...nonRecipients.map(({ reason }) => reason.length), "recipients".length);
  const row = (name: string, number: PreviewFigure, colour: (text: string) => string) =>
    `  ${colour(padText(printable(name), width))}  ${figure(number)}`;
  const details = [
    ...Object.entries(recipients.byChannel).map(([channel, people]) => `by ${printable(channel)} ${figure(people)}`),
    ...Object.entries(recipients.later).map(([why, people]) => `later, ${printable(why)} ${figure(people)}`),
  ];
  return [
    `${c.bold(printable(journey))}  ${c.dim(`to ${printable(audience)} at ${spellInstant(start)}`)}`,
    `${figure(members)} members${complete ? "" : c.dim(", estimated")}`,
    "",
    row("recipients", recipients.people, c.green),
    ...(details.length > 0 ? [c.dim(`    ${details.join(", ")}`)] : []),
    ...recipients.examples.map((one) => c.dim(`    ${spellExample(one)}`)),
    ...nonRecipients.flatMap(({ reason, people, examples }) => [
      row(reason, people, c.red),
      ...examples.map((one) => c.dim(`    ${spellExample(one)}`)),
    ]),
    "",
    ...(complete ? [] : [c.dim("  In brackets: where the number lies in 95 of 100 samples.")]),
    ...notes.map(({ message }) => `  ${c.yellow("!")} ${printable(message)}`),
    c.dim("Nothing was sent or written."),
  ];
}

function spellExample({ identifier, profileId, at }: DryRunAnswer["recipients"]["examples"][number]): string {
  return `${printable(identifier ?? profileId)}${at === null ? "" : `  ${spellInstant(at)}`}`;
}

function spellFigure({ people, low, high }: PreviewFigure, c: Colours): string {
  const number = c.bold(groupDigits(people));
  return low === high ? number : `${number} ${c.dim(`(${groupDigits(low)}–${groupDigits(high)})`)}`;
}
