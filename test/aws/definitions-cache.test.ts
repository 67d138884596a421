import { describe, expect, test } from "vitest";
import { makeDefinitionsCache } from "#aws/definitions-cache.ts";
import type { DefinitionStore } from "#domain/ports/definition-store.ts";

/** A store whose version can be moved and which can be switched off. */
function makeCache() {
  const state = { version: 1, isDown: false, now: 0, asked: 0, loaded: 0 };
  const answer = <T>(value: T) => (state.isDown ? Promise.reject(new Error("down")) : Promise.resolve(value));
  const store: DefinitionStore = {
    currentVersion: () => {
      state.asked++;
      return answer(state.version);
    },
    current: () => {
      state.loaded++;
      return answer({ version: state.version, definitions: [] });
    },
    at: () => Promise.reject(new Error("not told about")),
    commit: () => Promise.reject(new Error("not told about")),
  } as unknown as DefinitionStore;
  return { state, cache: makeDefinitionsCache({ store, maxAgeMs: 1000, now: () => state.now }) };
}

describe("the definitions at hand", () => {
  test("are read once and asked for again only when they are old, and loaded again only when they changed", async () => {
    const { state, cache } = makeCache();
    await Promise.all([cache.get(), cache.get(), cache.get()]);
    expect([state.asked, state.loaded]).toEqual([0, 1]);
    state.now = 999;
    await cache.get();
    expect(state.asked).toBe(0);
    state.now = 1000;
    await cache.get();
    expect([state.asked, state.loaded]).toEqual([1, 1]);
    state.version = 2;
    state.now = 2000;
    expect((await cache.get()).version).toBe(2);
    expect([state.asked, state.loaded]).toEqual([2, 2]);
  });
  test("are read anew when a version is asked for that they do not have", async () => {
    const { state, cache } = makeCache();
    await cache.get();
    state.version = 3;
    expect((await cache.atLeast(1)).version).toBe(1);
    expect((await cache.atLeast(2)).version).toBe(3);
    await expect(cache.atLeast(4)).rejects.toMatchObject({ code: "definitions_unavailable" });
  });
  test("serve on for a while as the store is down, but never in place of a version that was asked for", async () => {
    const { state, cache } = makeCache();
    state.isDown = true;
    await expect(cache.get()).rejects.toMatchObject({ code: "definitions_unavailable", retriable: true });
    state.isDown = false;
    await cache.get();
    state.isDown = true;
    state.now = 1999;
    expect((await cache.get()).version).toBe(1);
    await expect(cache.atLeast(2)).rejects.toMatchObject({ code: "definitions_unavailable" });
    // Who writes people by definitions that were replaced long ago leaves them wrong behind a re-tiering run.
    state.now = 2000;
    await expect(cache.get()).rejects.toMatchObject({ code: "definitions_unavailable", retriable: true });
  });
  test("are not taken for fresh when the clock goes back", async () => {
    const { state, cache } = makeCache();
    state.now = 100_000;
    await cache.get();
    state.now = 50_000;
    state.version = 2;
    expect((await cache.get()).version).toBe(2);
  });
});
