import { expect, test } from "vitest";
import { intervalOf } from "#domain/sending/pace.ts";
import { ChannelList } from "#events/admin-api/channels.ts";
import { makeAdminHarness } from "../../../support/admin-harness.ts";
import { NOON } from "../../../support/people.ts";
import { runStrata } from "../run-strata.ts";
import { serveHarness } from "../serve-harness.ts";

const mail = (name: string, more: object = {}) => ({
  kind: "channel",
  name,
  channel: "email",
  adapter: "smtp",
  options: { host: "smtp.example.com", from: "shop@example.com" },
  ...more,
});

/** Runs `strata channels` where these are defined, and their gates are as given. */
async function channelsOf(definitions: readonly object[], gates: Record<string, object>, ...argv: string[]) {
  const harness = makeAdminHarness();
  if (definitions.length > 0) await harness.define(...(definitions as never[]));
  for (const [name, body] of Object.entries(gates)) {
    await harness.ports.work.save({ job: `channel#${name}`, slice: "gate", revision: 1, body });
  }
  await using server = await serveHarness(harness);
  return await runStrata(["channels", ...argv, "--url", server.url]);
}

const closed = { nextAt: 0, breaker: { state: "closed", failures: 0 } };
const DEFINED = [
  mail("first", { rate: { max: 90, per: "minute" } }),
  mail("second", { priority: 1 }),
  { kind: "channel", name: "notes", channel: "log", adapter: "log", rate: { max: 5, per: "hour" } },
];

test("shows each provider with its rate and whether it answers, those of a channel in their order", async () => {
  const { exitCode, stdout } = await channelsOf(DEFINED, {
    first: { nextAt: 0, breaker: { state: "open", restsUntil: NOON + 90_000, rests: 2 } },
    second: { ...closed, nextAt: NOON + 3_600_000 },
    notes: { nextAt: 0, breaker: { state: "closed", failures: 3 } },
  });
  expect(exitCode).toBe(0);
  expect(stdout.trimEnd().split("\n")).toEqual([
    "email  first   1.5 a second  does not answer, rests until 2026-11-20 12:01 UTC  smtp",
    "email  second  10 a second   sends, the next at 2026-11-20 13:00 UTC  smtp",
    "log    notes   5 a hour      sends, 3 failures in a row  log",
  ]);
});

test("a breaker that tries one message says so, in JSON too", async () => {
  const half = { state: "half-open", probe: { owner: "w", until: NOON + 1_000 }, rests: 1 };
  const given = { first: { nextAt: 0, breaker: half } };
  expect((await channelsOf([mail("first")], given)).stdout).toContain("is tried with one message");
  const { items } = ChannelList.pick({ items: true }).parse(
    JSON.parse((await channelsOf([mail("first")], given, "--json")).stdout),
  );
  expect(items).toMatchObject([{ name: "first", intervalMs: intervalOf(undefined), breaker: { state: "half-open" } }]);
});

test("without a channel it says what works all the same", async () => {
  expect((await channelsOf([], {})).stdout).toContain("The log and the inbox of the app work without.");
});
