import type { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { describe, expect, test } from "vitest";
import { makeLinkKeyReader } from "#aws/link-key.ts";
import { hashAddress, signLink } from "#domain/links/link-token.ts";
import { sourceSecret } from "#domain/outcomes/identity-proof.ts";
import { LINK_KEY } from "../../support/follow-ports.ts";
import { ADDRESS, HASH, makeOutcomeHarness } from "../../support/outcome-harness.ts";

const FIRST = Buffer.from(LINK_KEY.secret).toString();
const HOUR_MS = 3_600_000;

/** A deployment whose secret can be changed, with a reader of it in every function. */
async function deploy() {
  const state = { secret: FIRST, reads: 0, isDown: false };
  const secrets = {
    send: async ({ input }: GetSecretValueCommand) => {
      state.reads++;
      if (state.isDown) throw new Error("down");
      return { SecretString: input.SecretId === "LinkKey" ? state.secret : "" };
    },
  } as unknown as Pick<SecretsManagerClient, "send">;
  const clock = { now: 0 };
  const open = () => makeLinkKeyReader({ secrets, secretId: "LinkKey", now: () => clock.now });
  const [sender, http] = [open(), open()];
  const harness = await makeOutcomeHarness({ linkKey: http });
  const unsubscribe = async (path: string) =>
    (await harness.send({ path, body: "List-Unsubscribe=One-Click" })).statusCode;
  const pageOf = async () => {
    const of = { k: "preferences", t: "t-1", c: "email", g: "marketing", a: HASH, p: harness.annId } as const;
    return `/u/${signLink(of, await sender())}`;
  };
  return { ...harness, state, clock, sender, unsubscribe, pageOf };
}

describe("a deployment whose key of links was replaced", () => {
  test("lets whoever has an old link unsubscribe, at the address that senders ask about", async () => {
    const { state, clock, sender, unsubscribe, pageOf, isSuppressed } = await deploy();
    const old = await pageOf();
    state.secret = `second\nsome other\n${FIRST}\n`;
    clock.now += HOUR_MS;
    expect(await pageOf()).not.toBe(old);
    expect(await unsubscribe(old)).toBe(200);
    expect(hashAddress("email", ADDRESS, await sender())).toBe(HASH);
    expect(await isSuppressed("email", hashAddress("email", ADDRESS, await sender()))).toBe(true);
  });

  test("believes the new key as soon as a sender signs with it, though it still remembers the old one alone", async () => {
    const { state, clock, unsubscribe, pageOf } = await deploy();
    expect(await unsubscribe(await pageOf())).toBe(200);
    state.secret = `second\n${FIRST}`;
    clock.now += HOUR_MS;
    const fresh = await pageOf();
    // The page was read a moment ago with the old secret.
    clock.now -= HOUR_MS - 61_000;
    expect(await unsubscribe(fresh)).toBe(200);
  });

  test("believes no key that was taken out", async () => {
    const { state, clock, unsubscribe, pageOf } = await deploy();
    state.secret = `second\n${FIRST}`;
    clock.now += HOUR_MS;
    const old = await pageOf();
    state.secret = `third\n${FIRST}`;
    clock.now += HOUR_MS;
    expect(await unsubscribe(old)).toBe(404);
  });

  test("keeps the secrets of sources", async () => {
    const { state, clock, sender } = await deploy();
    const before = sourceSecret(await sender(), "a source");
    state.secret = `second\n${FIRST}`;
    clock.now += HOUR_MS;
    expect(sourceSecret(await sender(), "a source")).toBe(before);
  });
});

test("forged links make the secret read once a minute at most, and what is known is kept where that fails", async () => {
  const { state, clock, unsubscribe, pageOf } = await deploy();
  const page = await pageOf();
  await unsubscribe(page);
  const { reads } = state;
  clock.now += 61_000;
  for (let n = 0; n < 50; n++) expect(await unsubscribe(`/u/forged${n}.AAAA.AAAA`)).toBe(404);
  expect(state.reads).toBe(reads + 1);
  state.isDown = true;
  clock.now += 61_000;
  expect(await unsubscribe("/u/forged.AAAA.AAAA")).toBe(503);
  expect(await unsubscribe(page)).toBe(200);
});
