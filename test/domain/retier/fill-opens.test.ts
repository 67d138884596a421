import { expect, test } from "vitest";
import { countOpens } from "#domain/decide/channel-opens.ts";
import { changeDefinitions } from "#domain/definitions/change-definitions.ts";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import { fillFeatures } from "#domain/retier/fill-features.ts";
import { makeMemoryActivityStore } from "../../support/memory-activity-store.ts";
import { anEvent, aPerson, NOON } from "../../support/people.ts";

const DAY = 86_400_000;
const TEMPLATE = {
  kind: "template",
  name: "offer-email",
  channel: "email",
  category: "marketing",
  locales: { en: { subject: "An offer", body: "Only today" } },
};
const POPUP = {
  ...TEMPLATE,
  name: "offer",
  channel: "inapp",
  locales: { en: { title: "An offer", body: "Only today" } },
};
const JOURNEY = {
  kind: "journey",
  name: "offer",
  trigger: { event: "Product Viewed" },
  steps: [{ send: { channel: ["email", "inapp"], prefer: "person", template: "offer", category: "marketing" } }],
};

test("what was sent and opened before a journey asked for it is filled in from the behaviour log", async () => {
  const put = [TEMPLATE, POPUP, JOURNEY].map((definition) => {
    return { op: "put" as const, kind: definition.kind, name: definition.name, definition };
  });
  const changed = changeDefinitions({ version: 1, definitions: [] }, put, () => ({ key: "", hash: "" }), NOON);
  if (!changed.ok) throw new Error(JSON.stringify(changed.faults));
  const bundle = compileBundle(changed.bundle);
  const told = (event: string, touchId: string, daysAgo: number) => {
    const at = NOON - daysAgo * DAY;
    return anEvent(`${event} ${touchId}`, { event, at, receivedAt: at, properties: { touchId, channel: "email" } });
  };
  const events = [told("Message Sent", "a", 60), told("Message Sent", "b", 30), told("Message Opened", "b", 29)];
  const before = compileBundle({ version: 1, definitions: [] });
  const { state } = foldEvents(emptyState(), events, before.features);
  const ann = aPerson("ann", { state, filledTo: 1 });
  const activity = makeMemoryActivityStore();
  await activity.append(ann.id, events, 400);

  const today = bundle.calendar.dayOf(NOON);
  const email = bundle.opens.get("email");
  expect(countOpens(ann.state, email, today)).toEqual({ sent: 0, opened: 0 });
  const filled = await fillFeatures(activity, ann, NOON, bundle);
  expect(filled && countOpens(filled.state, email, today)).toEqual({ sent: 2, opened: 1 });
});
