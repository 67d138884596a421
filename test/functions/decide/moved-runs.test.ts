import { expect, test } from "vitest";
import { decideFacts } from "#domain/journeys/decide-facts.ts";
import { storedOf } from "#domain/journeys/stored-run.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { openJourneyWorld } from "../../support/journey-ports.ts";
import { anEvent } from "../../support/people.ts";

const KNOWN: [string, string] = ["userId", "u-1"];
const VISITOR: [string, string] = ["anonymousId", "a-1"];

test("a run that has ended is kept as long with the winner of a merge as it was before: its goal may still be reached", async () => {
  const { ports, journeys } = openJourneyWorld({
    kind: "journey",
    name: "hello",
    trigger: { event: "Product Viewed" },
    goal: { event: "Order Completed", within: "90d" },
    steps: [{ tag: { add: "greeted" } }],
  });
  const happen = async (event: string, ...identifiers: [string, string][]) => {
    await foldBatch(ports, [anEvent(event, { event, identifiers })]);
    const facts = ports.facts.published.splice(0);
    await decideFacts(journeys, facts);
    return facts;
  };
  await happen("Signed Up", KNOWN);
  const [viewed] = await happen("Product Viewed", VISITOR);
  const visitor = viewed?.profileId as ProfileId;
  const [before] = await journeys.runs.ofPerson(visitor);
  expect(before).toMatchObject({ run: { outcome: { kind: "finished" } }, expiresAt: expect.any(Number) });

  await happen("Log In", KNOWN, VISITOR);

  const [run] = journeys.runs.all();
  if (!run) throw new Error("no run");
  expect(run.profileId).not.toBe(visitor);
  const [after] = await journeys.runs.ofPerson(run.profileId);
  expect(after?.expiresAt).toBe(before?.expiresAt);
  expect(after).toEqual(storedOf(run, after?.revision ?? 0));
});
