import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

const main = fileURLToPath(new URL("./small-app.ts", import.meta.url));
const Where = z.object({ url: z.string(), adminToken: z.string(), sqs: z.string(), pid: z.int() });
const Note = z.object({
  body: z.object({ n: z.int() }).optional(),
  receives: z.int().optional(),
  event: z.unknown().optional(),
  at: z.number(),
});
const Queue = z.object({
  queue: z.string(),
  backlog: z.int(),
  inFlight: z.int(),
  delayed: z.int(),
  oldest: z.array(z.object({ body: z.string(), receives: z.int() })).optional(),
});
const Status = z.object({ quiet: z.boolean(), queues: z.array(Queue) });
const Clock = z.object({ now: z.iso.datetime(), movingTo: z.iso.datetime().optional() });

const dataDir = mkdtempSync(path.join(tmpdir(), "strata-small-"));
const read = (name: string): string => {
  const file = path.join(dataDir, name);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};
const notes = () =>
  read("consumed.ndjson")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Note.parse(JSON.parse(line)));
const consumed = () => notes().flatMap(({ body }) => body?.n ?? []);

interface SmallApp {
  readonly child: ChildProcess;
  readonly client: SQSClient;
  readonly QueueUrl: string;
  call(method: "GET" | "POST", route: string, body?: unknown): Promise<Response>;
}

async function startSmallApp(): Promise<SmallApp> {
  const child = spawn(process.execPath, [main, dataDir], { stdio: ["ignore", "ignore", "inherit"] });
  const where = () => {
    const text = read("small.json");
    return text === "" ? undefined : Where.parse(JSON.parse(text));
  };
  while (where()?.pid !== child.pid) {
    if (child.exitCode !== null) throw new Error("the small app ended before it was ready");
    await delay(20);
  }
  const { url, adminToken, sqs } = Where.parse(where());
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return {
    child,
    client: new SQSClient({ endpoint: sqs, region: "us-east-1", credentials, maxAttempts: 1 }),
    QueueUrl: `${sqs}/000000000000/App-Work`,
    call: (method, route, body) =>
      fetch(`${url}${route}`, {
        method,
        headers: { authorization: `Bearer ${adminToken}` },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
  };
}

describe("queues of a small template", () => {
  let app: SmallApp;
  beforeAll(async () => {
    app = await startSmallApp();
  });
  afterAll(async () => {
    app.client.destroy();
    const exited = once(app.child, "exit");
    app.child.kill("SIGTERM");
    await exited;
    rmSync(dataDir, { recursive: true, force: true });
  });

  const send = async (body: unknown, DelaySeconds?: number) =>
    await app.client.send(
      new SendMessageCommand({ QueueUrl: app.QueueUrl, MessageBody: JSON.stringify(body), DelaySeconds }),
    );
  const sendMany = async (from: number, to: number, more = {}) => {
    for (let n = from; n < to; n += 10) {
      const Entries = Array.from({ length: Math.min(10, to - n) }, (_, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify({ n: n + index, ...more }),
      }));
      await app.client.send(new SendMessageBatchCommand({ QueueUrl: app.QueueUrl, Entries }));
    }
  };
  const status = async () => Status.parse(await (await app.call("GET", "/local/status")).json());
  const queue = async (name: string) => (await status()).queues.find((each) => each.queue === name);
  const quiet = async () => {
    while (!(await status()).quiet) await delay(20);
  };
  const move = async (body: unknown) => Clock.parse(await (await app.call("POST", "/local/clock", body)).json());

  test("a message reaches its consumer, and a failed one comes again alone", async () => {
    await send({ n: 1 });
    await send({ n: 2, failures: 2 });
    await quiet();
    const seen = notes().map(({ body, receives }) => [body?.n, receives]);
    expect(seen).toEqual([
      [1, 1],
      [2, 3],
    ]);
  });

  test("one that fails too often lies with the dead letters, where status shows it", async () => {
    await send({ n: 3, failures: 99 });
    await quiet();
    expect(consumed()).not.toContain(3);
    expect(await queue("Work")).toMatchObject({ backlog: 0, inFlight: 0, delayed: 0 });
    const dead = await queue("DeadLetters");
    expect(dead).toMatchObject({ backlog: 1, oldest: [{ body: '{"n":3,"failures":99}', receives: 3 }] });
  });

  test("a delayed message leaves the app quiet and is due when the clock has jumped over its delay", async () => {
    const before = Date.parse((await move({ advance: "1s" })).now);
    await send({ n: 4 }, 900);
    await quiet();
    expect(await queue("Work")).toMatchObject({ delayed: 1 });
    await move({ advance: "1h" });
    const note = notes().find(({ body }) => body?.n === 4);
    expect(note?.at).toBeGreaterThanOrEqual(before + 900_000);
    expect(note?.at).toBeLessThan(before + 1_800_000);
  });

  test("a rule with a constant input fires at its time on the way; a second jump is refused meanwhile", async () => {
    const hold = path.join(dataDir, "hold");
    writeFileSync(hold, "");
    await send({ n: 5, hold }, 60);
    const told = await app.call("POST", "/local/clock", { advance: "2d", wait: false });
    expect(told.status).toBe(202);
    const { now, movingTo } = Clock.parse(await told.json());
    expect(Date.parse(movingTo ?? now) - Date.parse(now)).toBeGreaterThan(86_400_000);
    const second = await app.call("POST", "/local/clock", { advance: "1h" });
    expect([second.status, await second.json()]).toMatchObject([409, { code: "clock_moving" }]);
    expect((await status()).quiet).toBe(false);
    rmSync(hold);
    await quiet();
    expect(Clock.parse(await (await app.call("GET", "/local/clock")).json()).movingTo).toBeUndefined();
    const fired = notes().filter(({ event }) => event !== undefined);
    expect(fired.map(({ event }) => event)).toEqual([{ task: "start" }, { task: "start" }]);
    expect(fired.map(({ at }) => new Date(at).toISOString().slice(11, 16))).toEqual(["01:15", "01:15"]);
  });

  test("no message is lost when the runtime is killed while they are worked on", async () => {
    await sendMany(1_000, 1_300, { workMs: 3 });
    await send({ n: 2_000 }, 900);
    while (consumed().filter((n) => n >= 1_000).length < 20) await delay(5);
    const exited = once(app.child, "exit");
    app.child.kill("SIGKILL");
    await exited;
    app.client.destroy();
    app = await startSmallApp();
    await quiet();
    const all = new Set(consumed());
    expect(Array.from({ length: 300 }, (_, index) => index + 1_000).filter((n) => !all.has(n))).toEqual([]);
    expect(await queue("Work")).toMatchObject({ backlog: 0, inFlight: 0, delayed: 1 });
    expect((await queue("DeadLetters"))?.oldest?.map(({ body }) => body)).toEqual(['{"n":3,"failures":99}']);
    await move({ advance: "1h" });
    expect(consumed()).toContain(2_000);
  });
});
