import { expect, test } from "vitest";
import { touchIdOf } from "#domain/journeys/run.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";
import type { Touch } from "#domain/touches/touch.ts";
import { makeAdminHarness } from "../../../support/admin-harness.ts";
import { aPerson, NOON } from "../../../support/people.ts";
import { aTouch } from "../../../support/send-world.ts";
import { runStrata } from "../run-strata.ts";
import { serveHarness } from "../serve-harness.ts";

const KEY = "userId:ann" as IdentifierKey;

/** Runs `strata touches userId:ann`: each of these was asked for by a run of its own, the last one last. */
async function touchesOf(given: readonly Partial<Touch>[], ...argv: string[]) {
  const harness = makeAdminHarness();
  const { ports } = harness;
  const ann = aPerson("ann", { state: { ...emptyState(), identifiers: new Map([[KEY, NOON]]) } });
  await ports.profiles.save(ann);
  await ports.identities.claim(KEY, ann.id);
  for (const [n, changed] of given.entries()) {
    const id = `run-${n}`;
    const run = {
      id,
      journey: "welcome",
      definitionVersion: 1,
      profileId: ann.id,
      entryKey: id,
      enteredAt: NOON + n,
      cause: { factId: id },
      next: 1,
      arms: [],
      consumed: [],
      visited: [0],
    };
    await ports.runs.save({ run, revision: 1 });
    await ports.touches.save({ touch: aTouch(touchIdOf(id, 0), "ann", changed), revision: 1 });
  }
  await using server = await serveHarness(harness);
  return await runStrata(["touches", "userId:ann", ...argv, "--url", server.url]);
}

const PREFERRED: Partial<Touch> = {
  state: "sent",
  choice: {
    because: "best_open_rate",
    considered: [
      { channel: "push", passedOver: "no_address", sent: 0, opened: 0 },
      { channel: "sms", passedOver: "lower_open_rate", sent: 3, opened: 0 },
      { channel: "email", sent: 4, opened: 3 },
    ],
  },
};
const STOPPED: Partial<Touch> = {
  state: "stopped",
  reason: "no_consent",
  arms: [["offer", "coupon"]],
  choice: {
    because: "none_possible",
    considered: [
      { channel: "email", passedOver: "no_consent" },
      { channel: "sms", passedOver: "no_address" },
    ],
  },
};

test("what a person was sent and what not is told with the reason, and why by that channel", async () => {
  const { stdout, exitCode } = await touchesOf([PREFERRED, STOPPED]);
  expect(exitCode).toBe(0);
  expect(stdout).toBe(`✉ hello by email, marketing: stopped, no_consent
    welcome steps.0.send, offer coupon, asked for at 2026-11-20 12:00 UTC
    email, the first in the order; none is possible: email no_consent; sms no_address
✉ hello by email, marketing: sent
    welcome steps.0.send, asked for at 2026-11-20 12:00 UTC
    email, whose messages this person opens most: push 0 of 0 opened, no_address; sms 0 of 3 opened, lower_open_rate; email 3 of 4 opened
`);
});

test("a message with one channel has no choice to tell of; one that waits says until when", async () => {
  const { stdout } = await touchesOf([{ state: "waiting", reason: "quiet_hours", waitUntil: NOON + 3_600_000 }]);
  expect(stdout).toBe(`✉ hello by email, marketing: waiting, quiet_hours, until 2026-11-20 13:00 UTC
    welcome steps.0.send, asked for at 2026-11-20 12:00 UTC
`);
});

test("a long list is shown in parts", async () => {
  const first = await touchesOf([STOPPED, PREFERRED], "--limit", "1", "--json");
  const page = JSON.parse(first.stdout) as { items: { state: string }[]; cursor: string };
  expect(page.items).toMatchObject([{ state: "sent" }]);
  const rest = await touchesOf([STOPPED, PREFERRED], "--cursor", page.cursor, "--json");
  expect(JSON.parse(rest.stdout)).toMatchObject({
    items: [{ state: "stopped", choice: STOPPED.choice }],
    cursor: null,
  });
});

test("nobody was asked for yet, and what is no identifier is refused", async () => {
  expect((await touchesOf([])).stdout).toBe("No journey has asked for a message to this person.\n");
  expect((await runStrata(["touches", "ann"])).exitCode).toBe(2);
});
