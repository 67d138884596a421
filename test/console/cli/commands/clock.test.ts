import { describe, expect, test } from "vitest";
import { startFakeServer } from "../fake-server.ts";
import { runStrata } from "../run-strata.ts";

const way = ["2026-03-01T09:30:00.000Z", "2026-03-21T09:30:00.000Z", "2026-04-10T09:30:00.000Z"] as const;
const [start, middle, end] = way;

/** A runtime whose clock is a step further on its way each time somebody asks. */
function startMovingClock(stops: readonly { now: string; movingTo?: string }[]) {
  const left = [...stops];
  return startFakeServer({
    "POST /local/clock": () => ({ status: 202, body: { now: start, movingTo: end } }),
    "GET /local/clock": () => ({ body: left.length > 1 ? left.shift() : left[0] }),
  });
}

describe("moving the clock", () => {
  test("shows how far it is on a terminal, and says when it has arrived", async () => {
    await using server = await startMovingClock([{ now: middle, movingTo: end }, { now: end }]);
    const ran = await runStrata(["clock", "+40d", "--url", server.url], { tty: true });
    expect(ran).toMatchObject({ exitCode: 0, stdout: "2026-04-10 09:30 UTC\n" });
    expect(ran.stderr).toContain("50 %");
    expect(ran.stderr).toContain("2026-03-21 09:30 UTC");
  });

  test("waits without a terminal too", async () => {
    await using server = await startMovingClock([{ now: middle, movingTo: end }, { now: end }]);
    const ran = await runStrata(["clock", "+40d", "--json", "--url", server.url]);
    expect(JSON.parse(ran.stdout)).toEqual({ now: end });
    expect(ran.stderr).toBe("");
  });

  test("that stopped on its way is a failure", async () => {
    await using server = await startMovingClock([{ now: middle }]);
    const ran = await runStrata(["clock", "+40d", "--url", server.url]);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain("stopped on its way, at 2026-03-21 09:30 UTC");
  });

  test("while it is moving is refused, and asking says where it is going", async () => {
    await using server = await startFakeServer({
      "POST /local/clock": () => ({ status: 409, body: { code: "clock_moving", message: "the clock is on its way" } }),
      "GET /local/clock": () => ({ body: { now: middle, movingTo: end } }),
    });
    const refused = await runStrata(["clock", "+1d", "--url", server.url]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("on its way already");
    const asked = await runStrata(["clock", "--url", server.url]);
    expect(asked.stdout).toBe("2026-03-21 09:30 UTC, on its way to 2026-04-10 09:30 UTC\n");
  });
});
