import { expect, test } from "vitest";
import { makeInappChannel } from "#aws/channels/inapp.ts";
import { StoreUnavailableError } from "#domain/ports/store-error.ts";
import type { ProfileId } from "#domain/profile/state.ts";

const definition = { kind: "channel", name: "inbox", channel: "inapp", adapter: "inapp" } as const;
const message = {
  address: "p_1",
  profileId: "p_1" as ProfileId,
  category: "marketing",
  journey: "welcome",
  message: { channel: "inapp", title: "Hello", body: "There is something new." },
} as const;

function sendInto(put: () => Promise<void>) {
  return makeInappChannel(definition, { put }, () => 0).send(message, { touchId: "t-1", timeoutMs: 1_000 });
}

test("what lies in the inbox is sent", async () => {
  expect(await sendInto(async () => {})).toEqual({ kind: "sent", providerId: "t-1" });
});

test("a store that takes too much at once took nothing: later", async () => {
  const throttled = () => Promise.reject(new StoreUnavailableError("store_throttled", "touches"));
  expect(await sendInto(throttled)).toMatchObject({ kind: "retry" });
});

test.each([new StoreUnavailableError("store_unavailable", "touches"), new Error("the connection broke")])(
  "a store whose answer was lost may have it: nobody says that it was not sent (%s)",
  async (error) => {
    expect(await sendInto(() => Promise.reject(error))).toMatchObject({ kind: "unknown" });
  },
);
