import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { listenLocally } from "../../infra/local/local-server.ts";
import { type LocalStack, startLocalStack } from "../support/local-stack.ts";

const main = path.resolve(import.meta.dirname, "../../infra/local/main.ts");
const Totals = z.object({ people: z.int(), orders: z.int() });
const Status = z.object({
  quiet: z.boolean(),
  now: z.iso.datetime(),
  consumers: z.array(z.object({ function: z.string() })),
  queues: z.array(
    z.object({
      queue: z.string(),
      backlog: z.int(),
      deadLettersOf: z.array(z.string()).optional(),
      oldest: z.array(z.unknown()).optional(),
    }),
  ),
});

function makeShop(stack: LocalStack) {
  const order = (n: number, messageId = `m${n}`) =>
    fetch(`${stack.url}/v1/track`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Basic ${Buffer.from(`${stack.writeKeys.server}:`).toString("base64")}`,
      },
      body: JSON.stringify({
        type: "track",
        userId: `user-${n}`,
        messageId,
        event: "Order Completed",
        properties: { order_id: `order-${n}`, revenue: 10, currency: "GBP" },
      }),
    });
  const orderMany = async (from: number, to: number): Promise<number[]> =>
    await Promise.all(Array.from({ length: to - from }, async (_, index) => (await order(from + index)).status));
  const totals = async () => Totals.parse(await (await stack.admin("/admin/v1/totals")).json());
  const post = (route: string, body: unknown) => stack.admin(route, { method: "POST", body: JSON.stringify(body) });
  const person = (n: number) => stack.admin(`/admin/v1/profiles?identifier=userId:user-${n}`);
  return { order, orderMany, totals, post, person };
}

/** Addresses that a process listens on, from /proc (Linux). */
function listeningAddresses(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ["tcp", "tcp6"].flatMap((protocol) =>
    readFileSync(`/proc/${pid}/net/${protocol}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      // State 0A is LISTEN (proc(5)).
      .filter(([, , , state, , , , , , inode]) => state === "0A" && inodes.has(inode ?? ""))
      .map(([, address]) => (address ?? "").split(":")[0] ?? ""),
  );
}

describe("the local runtime", () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "strata-stack-"));
  let stack: LocalStack;
  beforeAll(async () => {
    stack = await startLocalStack({ dataDir });
  });
  afterAll(async () => {
    await stack.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test("writes local.json for its owner alone, with a key for every type of source", () => {
    expect(statSync(path.join(dataDir, "local.json")).mode & 0o777).toBe(0o600);
    expect(Object.keys(stack.writeKeys).sort()).toEqual(
      ["android", "crm", "import", "ios", "mini-program", "official-account", "server", "store", "web"].sort(),
    );
  });

  test.runIf(existsSync("/proc"))("listens on 127.0.0.1 only", () => {
    const addresses = listeningAddresses(stack.pid);
    expect(addresses.length).toBeGreaterThan(3);
    expect(new Set(addresses)).toEqual(new Set(["0100007F"]));
  });

  test("takes an event in through HTTP and shows the person", async () => {
    const { order, person, totals } = makeShop(stack);
    const answer = await order(0);
    expect([answer.status, await answer.json()]).toEqual([200, { success: true }]);
    await stack.quiet();
    expect((await person(0)).status).toBe(200);
    expect(await totals()).toEqual({ people: 1, orders: 1 });
  });

  test("loses nothing that was answered with 200 when it is killed, and counts nothing twice", async () => {
    const before = makeShop(stack);
    const statuses = await before.orderMany(1, 150);
    expect(new Set(statuses)).toEqual(new Set([200]));
    stack.kill();

    const keys = stack.writeKeys;
    stack = await startLocalStack({ dataDir });
    expect(stack.writeKeys).toEqual(keys);
    const after = makeShop(stack);
    // A client that never saw its answer sends again.
    await after.orderMany(100, 160);
    await stack.quiet();
    expect(await after.totals()).toEqual({ people: 160, orders: 160 });
  });

  test("counts every order once while puts are throttled and refused and the fold is killed in the middle", async () => {
    const { orderMany, totals, post } = makeShop(stack);
    const asked = await post("/local/faults", { throttlePuts: 2, failPutRecords: 3, killHandler: "Fold", times: 10 });
    expect(asked.status).toBe(200);
    let from = 160;
    const left = async () =>
      z.object({ kills: z.record(z.string(), z.int()) }).parse(await (await stack.admin("/local/faults")).json());
    while ((await left()).kills.Fold !== undefined) {
      for (const [index, status] of (await orderMany(from, from + 20)).entries()) {
        if (status !== 200) expect([429, 503]).toContain(status);
        // What was not accepted is sent again, as an SDK does.
        if (status !== 200) await orderMany(from + index, from + index + 1);
      }
      from += 20;
      await stack.quiet();
    }
    expect(await totals()).toEqual({ people: from, orders: from });
  });

  test("tells and moves the time for who has the admin token", async () => {
    const { post, order, person } = makeShop(stack);
    expect((await fetch(`${stack.url}/local/clock`)).status).toBe(401);
    const before = Date.now();
    const moved = await post("/local/clock", { advance: "1h" });
    const { now } = z.object({ now: z.iso.datetime() }).parse(await moved.json());
    expect(Date.parse(now)).toBeGreaterThanOrEqual(before + 3_600_000);
    await order(9_000);
    await stack.quiet();
    const { firstSeen } = z.object({ firstSeen: z.string() }).parse(await (await person(9_000)).json());
    expect(firstSeen >= now).toBe(true);
    expect((await post("/local/clock", { advance: "soon" })).status).toBe(400);
  });

  test("says what its consumers have left to do", async () => {
    const status = Status.parse(await (await stack.admin("/local/status")).json());
    expect(status.consumers.map((consumer) => consumer.function)).toEqual(expect.arrayContaining(["Fold", "Index"]));
    const letters = status.queues.filter(({ deadLettersOf }) => deadLettersOf !== undefined);
    expect(letters.map(({ backlog, oldest }) => [backlog, oldest])).toEqual(letters.map(() => [0, []]));
  });

  test("says so when its data directory or its port is taken", async () => {
    const run = (...args: string[]): string => {
      try {
        execFileSync(process.execPath, [main, "--empty", ...args], { encoding: "utf8", stdio: "pipe" });
        return "";
      } catch (error) {
        return String((error as { stderr: string }).stderr);
      }
    };
    expect(run("--port", "0", "--data-dir", dataDir)).toMatch(/already runs here.*--data-dir/);
    const taken = await listenLocally(createServer());
    const other = mkdtempSync(path.join(tmpdir(), "strata-port-"));
    expect(run("--port", String(taken.port), "--data-dir", other)).toMatch(/port is in use.*--port/);
    await taken.close();
    expect(readdirSync(other)).not.toContain("lock");
  });

  test("stops cleanly on Ctrl-C and leaves neither lock nor local.json", async () => {
    await stack.stop();
    const left = readdirSync(dataDir);
    expect(left).not.toContain("lock");
    expect(left).not.toContain("local.json");
    expect(() => process.kill(stack.pid, 0)).toThrow("ESRCH");
    stack = await startLocalStack({ dataDir });
  });
});

describe("the local runtime behind a REST API", () => {
  test("takes events in too", async () => {
    const stack = await startLocalStack({ args: ["--edge", "rest"] });
    const { order, person } = makeShop(stack);
    expect((await order(1)).status).toBe(200);
    await stack.quiet();
    expect((await person(1)).status).toBe(200);
    expect((await fetch(`${stack.url}/nothing`)).status).toBe(403);
    await stack.stop();
  });
});
