import { describe, expect, test } from "vitest";
import { openPipeline, remembered } from "../../support/pipeline.ts";

const page = (messageId: string, who: object) => ({ type: "page", messageId, ...who });
const login = (messageId: string, who: object) => ({ type: "identify", messageId, ...who });
const browser = { anonymousId: "browser-1" };
const ann = { userId: "ann" };

describe("somebody who browses and then logs in", () => {
  test("is one person from the first page on", async () => {
    const { send, living, personOf } = openPipeline();
    await send([page("m1", browser), page("m2", browser)]);
    const visitor = await personOf("anonymousId", "browser-1");
    await send([login("m3", { ...ann, ...browser }), page("m4", { ...ann, ...browser })]);
    const user = await personOf("userId", "ann");
    expect(living()).toHaveLength(1);
    expect(user.id).toBe(visitor.id);
    expect(remembered(user, ["m1", "m2", "m3", "m4"])).toHaveLength(4);
  });

  test("whom the shop's server knew already, is merged with who they were", async () => {
    const { send, living, personOf, ports } = openPipeline();
    await send([login("m1", { ...ann, traits: { email: "ann@x.cn" } })]);
    await send([page("m2", browser), page("m3", { anonymousId: "browser-2" })]);
    await send([login("m4", { ...ann, ...browser })]);
    await send([login("m5", { ...ann, anonymousId: "browser-2" })]);
    const user = await personOf("userId", "ann");
    expect(living()).toEqual([user]);
    expect(remembered(user, ["m1", "m2", "m3", "m4", "m5"])).toHaveLength(5);
    expect(user.state.absorbed.size).toBe(2);
    expect(ports.counted.get("PeopleMerged")).toBe(2);
    expect(ports.facts.published.filter(({ kind }) => kind === "profile-merged")).toHaveLength(2);
    expect(await personOf("anonymousId", "browser-2")).toEqual(user);
  });

  test("with pages and login in one batch, in any order, is the same person", async () => {
    const calls = [page("m1", browser), page("m2", browser), login("m3", { ...ann, ...browser })];
    for (const order of [calls, calls.toReversed(), [calls[2], calls[0], calls[1]]]) {
      const { send, living } = openPipeline();
      await send(order.flatMap((call) => call ?? []));
      const [person, ...others] = living();
      expect(others).toEqual([]);
      expect(person && remembered(person, ["m1", "m2", "m3"])).toHaveLength(3);
    }
  });
});

describe("an alias", () => {
  const alias = (messageId: string, previousId: string) => ({ type: "alias", messageId, ...ann, previousId });

  test("links the anonymous visitor that it names", async () => {
    const { send, living, personOf } = openPipeline();
    await send([page("m1", browser)]);
    await send([alias("m2", "browser-1")]);
    expect(living()).toHaveLength(1);
    expect(remembered(await personOf("userId", "ann"), ["m1", "m2"])).toHaveLength(2);
  });

  test.each([
    ["a batch before", 1],
    ["the same batch", 2],
  ])(
    "whose previousId is known as a userId, from %s, links nobody: the event counts, the refusal is listed",
    async (_, size) => {
      const { accept, fold, living, personOf, ports } = openPipeline();
      const events = accept([login("m1", { userId: "old-ann" }), alias("m2", "old-ann")]);
      for (let start = 0; start < events.length; start += size) await fold(events.slice(start, start + size));
      expect(living()).toHaveLength(2);
      const user = await personOf("userId", "ann");
      expect(remembered(user, ["m1", "m2"])).toEqual(["m2"]);
      expect([...user.state.identifiers.keys()]).toEqual(["userId:ann"]);
      expect(remembered(await personOf("userId", "old-ann"), ["m1", "m2"])).toEqual(["m1"]);
      expect((await ports.conflicts.list({ limit: 5 })).conflicts).toMatchObject([
        { reason: "previous_id_is_user", key: "anonymousId:old-ann", owner: user.id, count: 1 },
      ]);
      expect(ports.counted.get("LinksRefused")).toBe(1);
    },
  );
});
