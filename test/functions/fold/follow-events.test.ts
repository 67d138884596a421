import { beforeEach, describe, expect, test } from "vitest";
import { profileIdOf } from "#domain/identity/profile-id.ts";
import { hashAddress } from "#domain/links/link-token.ts";
import { readConsent } from "#domain/profile/consent.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { makeMemoryFoldPorts } from "../../support/fold-ports.ts";
import { LINK_KEY } from "../../support/follow-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";

const ann = [
  ["userId", "u-1"],
  ["email", "ann@example.com"],
] as CollectedEvent["identifiers"];
const MINUTE_MS = 60_000;
const hash = hashAddress("email", "ann@example.com", LINK_KEY);

let ports: ReturnType<typeof makeMemoryFoldPorts>;
beforeEach(() => {
  ports = makeMemoryFoldPorts();
});

async function agree(at: number, changed: Partial<CollectedEvent> = {}) {
  const consent = { purpose: "marketing", channel: "email", granted: true, ...changed.consent };
  const event = anEvent(`agree-${at}`, { event: "Consent Updated", at, identifiers: ann, ...changed, consent });
  const { tasks } = await foldBatch(ports, [event]);
  expect(tasks[0]?.state).toBe("folded");
}
const suppress = (scope: "all" | "marketing", reason: string, at: number) =>
  ports.suppressions.put("email", hash, scope, { reason, at });
const isSuppressed = () => ports.suppressions.isSuppressed("email", hash, "marketing");

describe("somebody who unsubscribed and agrees again", () => {
  test("is written to again, whether they agree to one channel or to all", async () => {
    for (const channel of ["email", "*"]) {
      await suppress("marketing", "unsubscribed", NOON);
      await agree(NOON + MINUTE_MS + 1, {
        consent: { purpose: "marketing", channel, granted: true },
        messageId: channel,
      });
      expect(await isSuppressed()).toBe(false);
    }
  });

  test("is not where the agreement is older than the refusal, as one that arrives late", async () => {
    await suppress("marketing", "unsubscribed", NOON);
    await agree(NOON - 1);
    expect(await isSuppressed()).toBe(true);
  });

  test("is not where they refused within the minute before: the collector's clock may have been ahead", async () => {
    const refuse = (at: number) =>
      anEvent(`refuse-${at}`, {
        event: "Unsubscribed",
        at,
        source: { name: "strata", type: "server" },
        identifiers: ann,
        consent: { purpose: "marketing", channel: "email", granted: false },
      });
    // The collector was a minute ahead; then they unsubscribed, and only then the grant is folded.
    await suppress("marketing", "unsubscribed", NOON + MINUTE_MS / 2);
    await agree(NOON + MINUTE_MS);
    await foldBatch(ports, [refuse(NOON + MINUTE_MS / 2)]);
    const [person] = ports.profiles.all();
    expect(person && readConsent(person.state, "marketing", "email")?.granted).toBe(false);
    expect(await isSuppressed()).toBe(true);
  });

  test("is not where it is about another purpose or another channel", async () => {
    await suppress("marketing", "unsubscribed", NOON);
    await agree(NOON + MINUTE_MS + 1, { consent: { purpose: "analytics", channel: "email", granted: true } });
    await agree(NOON + MINUTE_MS + 2, { consent: { purpose: "marketing", channel: "sms", granted: true } });
    expect(await isSuppressed()).toBe(true);
  });

  test("is not where a page says so that was never theirs: the grant does not count", async () => {
    await suppress("marketing", "unsubscribed", NOON);
    await agree(NOON + MINUTE_MS + 1, {
      source: { name: "web", type: "web" },
      identifiers: [...ann, ["anonymousId", "somebody-else"]],
    });
    expect(await isSuppressed()).toBe(true);
  });

  test("does not make a dead address live, nor a complaint unsaid", async () => {
    for (const reason of ["hard_bounce", "complaint"]) {
      await suppress("all", reason, NOON);
      await agree(NOON + MINUTE_MS + 1, { messageId: reason });
      expect(await isSuppressed()).toBe(true);
    }
  });

  test("where lifting fails the event is delivered again, and then it is lifted", async () => {
    await suppress("marketing", "unsubscribed", NOON);
    const event = anEvent("m", {
      event: "Consent Updated",
      at: NOON + MINUTE_MS + 1,
      identifiers: ann,
      consent: { purpose: "marketing", channel: "email", granted: true },
    });
    const failing = { ...ports, suppressions: { lift: () => Promise.reject(new Error("down")) } };
    expect((await foldBatch(failing, [event])).tasks[0]?.state).toBe("failed");
    await foldBatch(ports, [event]);
    expect(await isSuppressed()).toBe(false);
  });
});

test("a waiting message that is dismissed is gone, wherever it lay before the person was merged; others' stay", async () => {
  const user = profileIdOf("userId:u-1" as IdentifierKey);
  const visitor = profileIdOf("anonymousId:a-1" as IdentifierKey);
  await foldBatch(ports, [anEvent("m1"), anEvent("m2", { identifiers: [["anonymousId", "a-1"]] })]);
  for (const [id, touchId] of [
    [user, "t1"],
    [visitor, "t2"],
    [visitor, "t3"],
  ] as const)
    await ports.inapp.put(id, { touchId, title: "Hi", body: "…", journey: "j", at: NOON });
  const both: CollectedEvent["identifiers"] = [
    ["userId", "u-1"],
    ["anonymousId", "a-1"],
  ];
  const dismiss = (touchId: unknown, identifiers = both) =>
    foldBatch(ports, [
      anEvent(`dismiss ${String(touchId)} ${identifiers.length}`, {
        event: "In-App Dismissed",
        identifiers,
        properties: { touchId },
      }),
    ]);
  await dismiss("t1", [["userId", "u-9"]]);
  await foldBatch(ports, [anEvent("link", { identifiers: both })]);
  await dismiss("t2");
  await dismiss(7);
  const left = [...(await ports.inapp.list(user, 9)), ...(await ports.inapp.list(visitor, 9))];
  expect(left.map(({ touchId }) => touchId).toSorted()).toEqual(["t1", "t3"]);
});
