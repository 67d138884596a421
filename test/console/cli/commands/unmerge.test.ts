import { describe, expect, test } from "vitest";
import type { FakeAnswer } from "../fake-server.ts";
import { startFakeServer } from "../fake-server.ts";
import { runStrata } from "../run-strata.ts";

const AT = "2026-03-01T09:30:00.000Z";
function aProfile(profileId: string, values: readonly string[], mergedFrom: readonly string[] = []): FakeAnswer {
  const none = { amount: 0, currency: "GBP" };
  return {
    body: {
      profileId,
      createdAt: AT,
      firstSeen: AT,
      lastSeen: AT,
      version: 1,
      identifiers: values.map((value) => ({ type: "email", value, since: AT })),
      traits: {},
      orders: { count: 0, revenue: none, first: null, last: null },
      refunds: { count: 0, amount: none },
      activeDays: 1,
      acquisition: {},
      place: {},
      device: {},
      memberships: [],
      tiers: {},
      consent: {},
      mergedFrom,
    },
  };
}

function startServer(answer: FakeAnswer = { body: { kept: "p_kept", taken: "p_taken" } }) {
  const both = aProfile("p_both", ["ann@x.cn", "bob@x.cn"], ["p_bob"]);
  return startFakeServer({
    "GET /admin/v1/profiles": () => both,
    "GET /admin/v1/profiles/p_both": () => both,
    "GET /admin/v1/profiles/p_kept": () => aProfile("p_kept", ["ann@x.cn"]),
    "GET /admin/v1/profiles/p_taken": () => aProfile("p_taken", ["bob@x.cn"]),
    "POST /admin/v1/profiles/p_both/unmerge": () => answer,
  });
}

describe("taking a wrong merge apart", () => {
  test("names both people and what each has", async () => {
    await using server = await startServer();
    const ran = await runStrata(["unmerge", "email:ann@x.cn", "p_bob", "--yes", "--url", server.url]);
    expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
    expect(server.requests.find(({ method }) => method === "POST")?.body).toEqual({ profileId: "p_bob" });
    expect(ran.stdout).toContain("p_kept  email:ann@x.cn");
    expect(ran.stdout).toContain("p_taken  email:bob@x.cn  (taken out)");
  });

  test("under --json it is the answer of the API", async () => {
    await using server = await startServer();
    const { stdout } = await runStrata(["unmerge", "p_both", "p_bob", "--yes", "--json", "--url", server.url]);
    expect(JSON.parse(stdout)).toEqual({ kept: "p_kept", taken: "p_taken" });
  });

  test("asks first: with nobody to ask and no --yes nothing is sent", async () => {
    await using server = await startServer();
    const ran = await runStrata(["unmerge", "email:ann@x.cn", "p_bob", "--url", server.url]);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain("--yes");
    expect(server.requests.filter(({ method }) => method === "POST")).toEqual([]);
  });

  test("says what the server refuses", async () => {
    const body = { code: "not_merged", message: "p_bob was not merged into p_both", requestId: "r" };
    await using server = await startServer({ status: 409, body });
    const ran = await runStrata(["unmerge", "p_both", "p_bob", "--yes", "--url", server.url]);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain("p_bob was not merged into p_both");
  });

  test.each([
    ["ann", "p_bob"],
    ["p_both", "email:bob@x.cn"],
  ])("unmerge %s %s is a usage error", async (who, merged) => {
    expect((await runStrata(["unmerge", who, merged, "--yes"])).exitCode).toBe(2);
  });
});

test("a person's card says who was merged into it", async () => {
  const ids = Array.from({ length: 7 }, (_, n) => `p_${n}`);
  await using server = await startFakeServer({
    "GET /admin/v1/profiles/p_both": () => aProfile("p_both", ["ann@x.cn"], ids),
    "GET /admin/v1/profiles/p_both/journeys": () => ({ body: { profileId: "p_both", items: [] } }),
  });
  const { stdout } = await runStrata(["profile", "p_both", "--url", server.url]);
  expect(stdout).toMatch(/merged from\s+p_0 {2}p_1 {2}p_2 {2}p_3 {2}p_4 {2}and 2 more \(--json lists them\)/);
});

describe("refused links", () => {
  const conflict = (value: string, reason: string) => ({
    identifier: { type: "deviceId", value },
    reason,
    profileId: "p_ann",
    count: 312,
    at: AT,
  });
  const pages: Record<string, unknown> = {
    "": { items: [conflict("kiosk", "different_unique_identifier")], cursor: "next" },
    next: { items: [conflict("*", "identifier_limit"), conflict("tv", "identifier_limit")], cursor: null },
  };
  const startConflicts = () =>
    startFakeServer({
      "GET /admin/v1/identity/conflicts": ({ query }) => ({ body: pages[query.get("cursor") ?? ""] }),
    });

  test("are listed by reason, page after page", async () => {
    await using server = await startConflicts();
    const { stdout, exitCode } = await runStrata(["conflicts", "--url", server.url]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("different_unique_identifier  shared by people");
    expect(stdout).toContain("deviceId:kiosk  312 events, the newest at 2026-03-01 09:30 UTC, which went to p_ann");
    expect(stdout).toContain("deviceId, many values  312 events");
    expect(stdout.match(/^identifier_limit/gm)).toHaveLength(1);
  });

  test("stop at the limit and say how to go on", async () => {
    await using server = await startConflicts();
    const { stdout } = await runStrata(["conflicts", "--limit", "1", "--url", server.url]);
    expect(server.requests[0]?.query.get("limit")).toBe("1");
    expect(stdout).toContain("more: --cursor next");
    const rest = await runStrata(["conflicts", "--cursor", "next", "--json", "--url", server.url]);
    expect(JSON.parse(rest.stdout)).toEqual(pages.next);
  });

  test("of nobody are none", async () => {
    await using server = await startFakeServer({
      "GET /admin/v1/identity/conflicts": () => ({ body: { items: [], cursor: null } }),
    });
    expect((await runStrata(["conflicts", "--url", server.url])).stdout).toContain(
      "No link between people was refused",
    );
  });
});
