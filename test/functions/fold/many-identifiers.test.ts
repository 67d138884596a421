import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { typeOf } from "#domain/identity/link-limits.ts";
import { openPipeline, remembered } from "../../support/pipeline.ts";

const EMAIL_LIMIT = 5;

/** One call after the other, each a batch of its own. */
async function sendEach({ send }: ReturnType<typeof openPipeline>, calls: readonly object[]): Promise<void> {
  for (const call of calls) await send([call]);
}

function identify(n: number | string, email: string, more: object) {
  return { type: "identify", messageId: `m-${n}`, traits: { email }, ...more };
}

describe("a person of many e-mail addresses", () => {
  const calls = Array.from({ length: 8 }, (_, n) => identify(n, `ann-${n}@x.cn`, { userId: "ann" }));

  test.each([
    ["one by one", 1],
    ["in one batch", 8],
  ])("keeps the oldest five; the others belong to nobody yet, and are listed (%s)", async (_, size) => {
    const pipeline = openPipeline();
    for (let start = 0; start < calls.length; start += size) await pipeline.send(calls.slice(start, start + size));
    const ann = await pipeline.personOf("userId", "ann");
    const kept = [0, 1, 2, 3, 4].map((n) => `email:ann-${n}@x.cn`);
    expect([...ann.state.identifiers.keys()].toSorted()).toEqual([...kept, "userId:ann"]);
    expect(
      remembered(
        ann,
        calls.map(({ messageId }) => messageId),
      ),
    ).toHaveLength(8);
    expect([...pipeline.ports.identities.rows.keys()].toSorted()).toEqual([...kept, "userId:ann"]);
    const { conflicts } = await pipeline.ports.conflicts.list({ limit: 10 });
    expect(conflicts.map(({ key, reason, count, owner }) => [key, reason, count, owner])).toEqual(
      [5, 6, 7].map((n) => [`email:ann-${n}@x.cn`, "identifier_limit", 1, ann.id]),
    );
    expect(pipeline.ports.counted.get("LinksRefused")).toBe(3);
  });

  test("an address past the limit starts a person of its own, whom a further link does not merge", async () => {
    const pipeline = openPipeline();
    await sendEach(pipeline, calls);
    await sendEach(pipeline, [identify("own", "ann-6@x.cn", {}), identify("again", "ann-6@x.cn", { userId: "ann" })]);
    const [ann, other] = [await pipeline.personOf("userId", "ann"), await pipeline.personOf("email", "ann-6@x.cn")];
    expect(other.id).not.toBe(ann.id);
    expect([remembered(other, ["m-own", "m-again"]), remembered(ann, ["m-own", "m-again"])]).toEqual([
      ["m-own"],
      ["m-again"],
    ]);
    const { conflicts } = await pipeline.ports.conflicts.list({ limit: 10 });
    expect(conflicts.find(({ key }) => key === "email:ann-6@x.cn")).toMatchObject({ count: 2, owner: ann.id });
  });

  test("an address past the limit of the device's person starts one, and the device stays where it was", async () => {
    const pipeline = openPipeline();
    const family = Array.from({ length: 7 }, (_, n) =>
      identify(n, `child-${n}@x.cn`, { context: { device: { id: "tablet" } } }),
    );
    await sendEach(pipeline, family);
    const tablet = await pipeline.personOf("deviceId", "tablet");
    expect(tablet).toEqual(await pipeline.personOf("email", "child-0@x.cn"));
    expect(tablet.state.identifiers.size).toBe(EMAIL_LIMIT + 1);
    for (const n of [5, 6]) {
      const child = await pipeline.personOf("email", `child-${n}@x.cn`);
      expect([...child.state.identifiers.keys()]).toEqual([`email:child-${n}@x.cn`]);
    }
    const { conflicts } = await pipeline.ports.conflicts.list({ limit: 10 });
    expect(conflicts).toMatchObject([{ key: "deviceId:tablet", reason: "identifier_limit", count: 2 }]);
  });

  test("whatever links arrive in whatever batches: no limit is broken, each event is with one person, refusals are counted", async () => {
    const link = fc.record({
      email: fc.integer({ min: 0, max: 11 }),
      device: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
      user: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(link, { minLength: 6, maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        async (links, size) => {
          const pipeline = openPipeline();
          const drawn = links.map(({ email, device, user }, n) =>
            identify(n, `e-${email}@x.cn`, {
              ...(user !== undefined && { userId: `u-${user}` }),
              ...(device !== undefined && { context: { device: { id: `d-${device}` } } }),
            }),
          );
          for (let start = 0; start < drawn.length; start += size)
            await pipeline.send(drawn.slice(start, start + size));
          const people = pipeline.living();
          for (const { state } of people) {
            const counts = Map.groupBy(state.identifiers.keys(), typeOf);
            for (const [type, keys] of counts) {
              expect(keys.length).toBeLessThanOrEqual(pipeline.bundle.identityLimits(type).limit);
            }
          }
          const ids = drawn.map(({ messageId }) => messageId);
          expect(people.flatMap((person) => remembered(person, ids)).toSorted()).toEqual(ids.toSorted());
          for (const [key, id] of pipeline.ports.identities.rows) {
            const { identifiers } = people.find((person) => person.id === id)?.state ?? {};
            expect(identifiers?.has(key)).toBe(true);
          }
          const { conflicts } = await pipeline.ports.conflicts.list({ limit: 1_000 });
          const listed = conflicts.reduce((sum, { count }) => sum + count, 0);
          expect(listed).toBe(pipeline.ports.counted.get("LinksRefused") ?? 0);
        },
      ),
      { numRuns: 400 },
    );
  });
});

test("a person goes through a hundred merges at most; the next is refused, listed, and its person lives on", async () => {
  const pipeline = openPipeline();
  const PAIRS = 60;
  const numbers = Array.from({ length: PAIRS }, (_, n) => n);
  const device = (n: number) => ({ context: { device: { id: `d-${n}` } } });
  const page = (messageId: string, who: object) => ({ type: "page", messageId, ...who });
  await pipeline.send(numbers.map((n) => page(`own-d-${n}`, device(n))));
  await pipeline.send(numbers.map((n) => page(`own-a-${n}`, { anonymousId: `a-${n}` })));
  expect(pipeline.living()).toHaveLength(2 * PAIRS);
  await sendEach(pipeline, [
    ...numbers.map((n) => page(`link-d-${n}`, { userId: "ann", ...device(n) })),
    ...numbers.map((n) => page(`link-a-${n}`, { userId: "ann", anonymousId: `a-${n}` })),
  ]);
  const ann = await pipeline.personOf("userId", "ann");
  // Ann began with her first device's person, so that one is no merge.
  expect(ann.state.absorbed.size).toBe(100);
  expect(pipeline.living()).toHaveLength(2 * PAIRS - 100);
  const { conflicts } = await pipeline.ports.conflicts.list({ limit: 100 });
  expect(new Set(conflicts.map(({ reason }) => reason))).toEqual(new Set(["merge_limit"]));
  expect(conflicts).toHaveLength(2 * PAIRS - 101);
  const ids = numbers.flatMap((n) => [`own-d-${n}`, `own-a-${n}`, `link-d-${n}`, `link-a-${n}`]);
  expect(
    pipeline
      .living()
      .flatMap((person) => remembered(person, ids))
      .toSorted(),
  ).toEqual(ids.toSorted());
});
