import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { DefinitionAnswer } from "#events/admin-api/definitions.ts";
import { type LocalStack, startLocalStack } from "../support/local-stack.ts";
import { ask, readActivity, readMembers, readProfile, readTotals } from "./administration.ts";
import { type Call, post } from "./collection.ts";

const people = Array.from({ length: 30 }, (_, index) => `survivor-${index}`);
const rounds = 40;
const kills = 4;

/** Everyone's calls of a round: one order, and an identify that adds one point, so that a call folded twice shows. */
function callsOf(round: number): Call[] {
  return people.flatMap((userId) => [
    { type: "identify", userId, messageId: `point-${userId}-${round}`, traits: { points: 1 } },
    {
      type: "track",
      userId,
      event: "Order Completed",
      messageId: `order-${userId}-${round}`,
      properties: { order_id: `${userId}-${round}`, revenue: 1.01, currency: "USD" },
    },
  ]);
}

/** Sends as an SDK does, four requests at once: what was not answered with 200 is sent again. */
class PersistentSender {
  readonly #waiting = Array.from({ length: rounds }, (_, round) => round);
  answered = 0;

  get isDone(): boolean {
    return this.answered === rounds;
  }

  async untilAnswered(count: number): Promise<void> {
    while (this.answered < count) await delay(1);
  }

  /** Returns when everything is answered or the runtime is gone. */
  async sendTo(stack: LocalStack): Promise<void> {
    await Promise.all(Array.from({ length: 4 }, () => this.#sendOneByOne(stack)));
  }

  async #sendOneByOne(stack: LocalStack): Promise<void> {
    for (let round = this.#waiting.shift(); round !== undefined; round = this.#waiting.shift()) {
      const outcome = await send(stack, callsOf(round));
      if (outcome === "answered") this.answered += 1;
      else this.#waiting.push(round);
      if (outcome === "gone") return;
    }
  }
}

async function send(stack: LocalStack, calls: readonly Call[]): Promise<"answered" | "refused" | "gone"> {
  try {
    const response = await post(stack, "/v1/batch", JSON.stringify({ batch: calls }));
    await response.text();
    return response.status === 200 ? "answered" : "refused";
  } catch {
    return "gone";
  }
}

describe("a runtime that is killed again and again while clients send", () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "strata-killed-"));
  const secrets: unknown[] = [];
  let stack: LocalStack;

  beforeAll(async () => {
    stack = await startLocalStack({ dataDir });
    // In force for every call below, because collection reads the definitions when the first call comes.
    const put = { method: "PUT" };
    const points = { kind: "trait", name: "points", mode: "add" };
    await ask(stack, "/definitions/trait/points", DefinitionAnswer, { ...put, body: points });
    const rule = { did: { event: "Order Completed", within: "30d", atLeast: rounds } };
    const regular = { kind: "tag", name: "regular", rule };
    await ask(stack, "/definitions/tag/regular", DefinitionAnswer, { ...put, body: regular });

    const sender = new PersistentSender();
    for (let killed = 0; killed < kills; killed += 1) {
      secrets.push({ token: stack.adminToken, keys: stack.writeKeys });
      const sending = sender.sendTo(stack);
      const share = Math.floor((rounds * (killed + 1)) / (kills + 1));
      await sender.untilAnswered(share);
      // Once at once, once in the middle of folding.
      if (killed % 2 === 1) await delay(300);
      stack.kill();
      await sending;
      stack = await startLocalStack({ dataDir });
    }
    secrets.push({ token: stack.adminToken, keys: stack.writeKeys });
    while (!sender.isDone) await sender.sendTo(stack);
    await stack.quiet();
  }, 300_000);
  afterAll(async () => {
    await stack.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test("has every order that was answered with 200, to the penny", async () => {
    const count = people.length * rounds;
    expect(await readTotals(stack)).toMatchObject({
      people: people.length,
      buyers: people.length,
      orders: count,
      revenue: { amount: count * 101, currency: "USD" },
    });
  });
  test("folded each call once", async () => {
    for (const person of people) {
      const { profileId, traits } = await readProfile(stack, `userId:${person}`);
      expect(traits.points?.value).toBe(rounds);
      expect(await readActivity(stack, profileId)).toHaveLength(2 * rounds);
    }
  });
  test("lists everyone in the tag that the last order brought", async () => {
    const { memberships } = await readTotals(stack);
    expect(memberships["tag:regular"]).toBe(people.length);
    expect(new Set(await readMembers(stack, "tag:regular")).size).toBe(people.length);
  });
  test("kept its admin token and write keys", () => {
    expect(new Set(secrets.map((secret) => JSON.stringify(secret))).size).toBe(1);
  });
});

describe.runIf(process.platform === "linux")("Ctrl-C in the middle of the demo", () => {
  test("leaves no process, neither the runtime nor its child", async () => {
    const stack = await startLocalStack({ empty: false });
    const children = await vi.waitFor(() => {
      const found = childrenOf(stack.pid);
      expect(found).not.toEqual([]);
      return found;
    }, 30_000);
    await stack.stop();
    await vi.waitFor(() => expect([stack.pid, ...children].filter(isRunning)).toEqual([]), 30_000);
  });
});

/** Process ids of a process' children, from /proc (Linux). */
function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim() === "" ? [] : text.trim().split(" ").map(Number);
}

/** A process that ended but that nobody has asked about yet is still listed, as a zombie. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
