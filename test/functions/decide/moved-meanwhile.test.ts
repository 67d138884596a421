import { expect, test } from "vitest";
import { findLiving } from "#domain/identity/find-living.ts";
import { decideFacts } from "#domain/journeys/decide-facts.ts";
import type { EntryPorts } from "#domain/journeys/let-in.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { openJourneyWorld } from "../../support/journey-ports.ts";
import { anEvent } from "../../support/people.ts";

const JOURNEY = {
  kind: "journey",
  name: "hello",
  trigger: { event: "Product Viewed" },
  steps: [{ wait: { for: "1h" } }],
};
const KNOWN: [string, string] = ["userId", "u-1"];
const VISITOR: [string, string] = ["anonymousId", "a-1"];

test("a run written by a worker that stood still while the person was merged leaves nothing behind", async () => {
  const { ports, journeys } = openJourneyWorld(JOURNEY);
  const happen = async (event: string, ...identifiers: [string, string][]) => {
    await foldBatch(ports, [anEvent(event, { event, identifiers })]);
    return ports.facts.published.splice(0);
  };
  await happen("Signed Up", KNOWN);
  const viewed = await happen("Product Viewed", VISITOR);
  const visitor = viewed[0]?.profileId as ProfileId;

  const meanwhile = async () => {
    await decideFacts(journeys, viewed);
    await decideFacts(journeys, await happen("Log In", KNOWN, VISITOR));
  };
  const runs = atFirstSave(journeys.runs, meanwhile);
  await expect(decideFacts({ ...journeys, runs }, viewed)).rejects.toMatchObject({ code: "run_moved" });

  const living = await findLiving(ports.profiles, visitor);
  expect(living?.id).not.toBe(visitor);
  expect(journeys.runs.all()).toMatchObject([{ profileId: living?.id, waiting: { for: "time" } }]);
});

/** The first write arrives only when all of `meanwhile` has happened. */
function atFirstSave(runs: EntryPorts["runs"], meanwhile: () => Promise<void>): EntryPorts["runs"] {
  let stands = true;
  return {
    ...runs,
    save: async (stored) => {
      if (stands) {
        stands = false;
        await meanwhile();
      }
      return runs.save(stored);
    },
  };
}
