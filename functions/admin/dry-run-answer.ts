import type { AudienceTally } from "#domain/journeys/simulate-audience.ts";
import type { DryRun } from "#domain/journeys/simulate-dry-run.ts";
import { scaleCount } from "#domain/preview/margin.ts";
import type { DryRunAnswer } from "#events/admin-api/simulation.ts";

/** A dry run as the API shows it: every figure scaled to the audience, with its margin. */
export function viewDryRun({
  tally,
  population,
  complete,
  cutShort,
}: DryRun): Pick<DryRunAnswer, "members" | "recipients" | "nonRecipients" | "complete" | "confidence" | "notes"> {
  const scale = (people: number) => scaleCount(people, population);
  const scaled = (counts: ReadonlyMap<string, number>) =>
    Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a).map(([key, people]) => [key, scale(people)]));
  const group = ({ people, examples }: AudienceTally["recipients"]) => ({
    people: scale(people),
    examples: examples.map((example) => ({ ...example })),
  });
  return {
    members: scale(tally.members),
    recipients: { ...group(tally.recipients), byChannel: scaled(tally.byChannel), later: scaled(tally.later) },
    nonRecipients: [...tally.others]
      .toSorted(([, a], [, b]) => b.people - a.people)
      .map(([reason, others]) => ({ reason, ...group(others) })),
    complete,
    confidence: 0.95,
    notes: notesOf({ tally, population, complete, cutShort }),
  };
}

function notesOf({ tally, population, complete, cutShort }: DryRun): DryRunAnswer["notes"] {
  const { seen, people } = population;
  const about = (count: number) => count.toLocaleString("en-GB");
  return [
    ...(cutShort ? [{ code: "cut_short", message: `time ran out after ${about(seen)} people` }] : []),
    ...(complete
      ? []
      : [
          {
            code: "sampled",
            message: `${about(seen)} of about ${about(people)} people were looked at; the figures are scaled to everyone`,
          },
        ]),
    ...(tally.cutOff > 0
      ? [
          {
            code: "logs_cut",
            message: `${about(tally.cutOff)} of them did so much that only the newest of it was counted`,
          },
        ]
      : []),
  ];
}
