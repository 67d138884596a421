import { beforeAll, expect, test } from "vitest";
import { emptyState } from "#domain/profile/empty-state.ts";
import type { IdentifierKey, MembershipKey, ProfileId } from "#domain/profile/state.ts";
import { DryRunAnswer } from "#events/admin-api/simulation.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { aPerson, NOON } from "../../support/people.ts";

const template = {
  kind: "template",
  name: "spring",
  channel: "email",
  category: "marketing",
  locales: { en: { subject: "Spring", body: "<p>Spring</p>" } },
};
const campaign = {
  kind: "journey",
  name: "spring",
  trigger: { schedule: { at: "2026-11-21T09:00:00Z", segment: "newsletter" } },
  steps: [{ send: { channel: "email", template: "spring", category: "marketing" } }],
};

let admin: ReturnType<typeof makeAdminHarness>;
beforeAll(async () => {
  admin = makeAdminHarness();
  await admin.define({ kind: "segment", name: "newsletter", ...{ static: true } }, template);
  // Thirty in the segment: ten without an address, ten without consent; ten more outside it.
  for (let n = 0; n < 40; n++) await store(n);
});

async function store(n: number): Promise<void> {
  const id = `p_person${n}` as ProfileId;
  const identifier = `${n % 4 === 0 ? "userId" : "email"}:${n}@example.com` as IdentifierKey;
  const isMember = n % 4 !== 3;
  const key = "segment:newsletter" as MembershipKey;
  const state = {
    ...emptyState(),
    firstSeen: NOON,
    lastSeen: NOON,
    newestReceivedAt: NOON,
    identifiers: new Map([[identifier, NOON]]),
    consent: new Map(n % 4 === 1 ? [] : [["marketing.email", { granted: true, at: NOON }]]),
    manualTags: new Map(isMember ? [[key as string, { on: true, at: NOON, by: "test" }]] : []),
  };
  await admin.ports.profiles.save({ ...aPerson(`person${n}`), id, state, bundleVersion: 1 });
  if (isMember) await admin.ports.tags.put({ key, profileId: id, version: 1, since: NOON, left: false });
}

async function dryRun(body: object, journey = "spring") {
  const answer = await admin.call("POST", `/admin/v1/journeys/${journey}/dry-run`, { body });
  if (answer.status !== 200) throw new Error(answer.text);
  return DryRunAnswer.parse(answer.body);
}

const EXACT = (people: number) => ({ seen: people, people, low: people, high: people });

test.each([
  ["now, over the index of members", { start: "2026-11-20T12:00:00Z" }],
  ["at the campaign's instant, over everybody", { sample: "all" }],
])("counts recipients and everybody else by reason, %s", async (_, body) => {
  const before = admin.ports.profiles.all();
  const answer = await dryRun({ definition: campaign, ...body });
  expect(answer).toMatchObject({
    audience: "segment:newsletter",
    version: null,
    complete: true,
    members: EXACT(30),
    recipients: { people: EXACT(10), byChannel: { email: EXACT(10) } },
    nonRecipients: [
      { reason: "no_address", people: EXACT(10) },
      { reason: "no_consent", people: EXACT(10) },
    ],
  });
  expect(answer.recipients.examples).toHaveLength(10);
  expect(answer.recipients.examples[0]?.identifier).toMatch(/^email:/);
  expect(admin.ports.profiles.all()).toEqual(before);
});

test("tells those who get it after the quiet hours, and a holdout apart", async () => {
  const quiet = await dryRun({ definition: campaign, start: "2026-11-20T23:00:00Z" });
  expect(quiet.recipients).toMatchObject({ people: EXACT(10), later: { quiet_hours: EXACT(10) } });
  expect(quiet.recipients.examples[0]?.at).toBe("2026-11-21T08:00:00.000Z");
  const held = await dryRun({ definition: { ...campaign, holdout: "100%" }, start: "2026-11-20T12:00:00Z" });
  expect(held).toMatchObject({
    recipients: { people: EXACT(0) },
    nonRecipients: [{ reason: "held_out", people: EXACT(30) }],
  });
});

test("suppressed addresses get nothing, and an entry that is used up is none", async () => {
  const { suppressions, linkKey } = admin.ports;
  const { hashAddress } = await import("#domain/links/link-token.ts");
  const hash = hashAddress("email", "2@example.com", await linkKey());
  await suppressions.put("email", hash, "marketing", { reason: "unsubscribed", at: NOON });
  await admin.ports.runs.passGate({
    journey: "spring",
    profileId: "p_person6" as ProfileId,
    key: "ever",
    entryKey: "x",
    at: NOON,
    reopensAfterMs: Infinity,
  });
  const answer = await dryRun({ definition: { ...campaign, entry: { once: "ever" } }, start: "2026-11-20T12:00:00Z" });
  const counted = Object.fromEntries(answer.nonRecipients.map(({ reason, people }) => [reason, people.people]));
  expect(counted).toEqual({ no_address: 10, no_consent: 10, suppressed: 1, once: 1 });
  expect(answer.recipients.people.people).toBe(8);
});

test("a journey that names no segment has to be told whom to ask about", async () => {
  const definition = { ...campaign, trigger: { event: "Product Viewed" } };
  const refused = await admin.call("POST", "/admin/v1/journeys/spring/dry-run", { body: { definition } });
  expect(refused).toMatchObject({ status: 400, body: { code: "audience_missing" } });
  expect(await dryRun({ definition, audience: "segment:newsletter" })).toMatchObject({ members: EXACT(30) });
});
