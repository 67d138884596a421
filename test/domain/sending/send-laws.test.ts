import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { SendResult } from "#domain/ports/channel.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { sendBatch } from "#domain/sending/send-batch.ts";
import type { SendPorts } from "#domain/sending/send-ports.ts";
import { isFinal } from "#domain/touches/touch-moves.ts";
import { withFaults } from "../../support/failing-ports.ts";
import { seededNumbers } from "../../support/seeded-numbers.ts";
import { hashOf, MAIL, openSendWorld } from "../../support/send-world.ts";

const SEEDS = 120;
const HOUR_MS = 3_600_000;
/** How long a queue keeps a message from others that somebody has received. */
const VISIBILITY_MS = 6 * 60_000;
const PEOPLE = ["ann", "bob", "cid"];
const setting = {
  kind: "setting",
  name: "project",
  caps: [{ channel: "email", category: "marketing", max: 2, per: "48h" }],
  quietHours: { from: "21:00", to: "08:00" },
};

/** A process that is killed at some call of a port: that call may or may not have been made, and nothing comes after. */
function killable(ports: SendPorts, next: () => number) {
  const state = { dead: false, done: false };
  const dieAt = next() < 0.25 ? Math.floor(next() * 25) : Number.POSITIVE_INFINITY;
  let calls = 0;
  const owner = ports.newId();
  const never = new Promise<never>(() => undefined);
  const wrap = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return (...args: unknown[]) => {
          if (state.dead) return never;
          if (++calls <= dieAt) return Reflect.apply(method, target, args) as unknown;
          state.dead = true;
          if (next() < 0.5) void Promise.resolve(Reflect.apply(method, target, args)).catch(() => undefined);
          return never;
        };
      },
    });
  const { touches, profiles, suppressions, caps, timers, work, events } = ports;
  const channelOf: SendPorts["channelOf"] = (definition) => wrap(ports.channelOf(definition));
  const wrapped = { touches, profiles, suppressions, caps, timers, work, events };
  const entries = Object.entries(wrapped).map(([name, port]) => [name, wrap(port)] as const);
  return {
    state,
    ports: { ...ports, ...(Object.fromEntries(entries) as typeof wrapped), channelOf, newId: () => owner },
  };
}

/** One story: touches of people who merge and unsubscribe, worked by senders of whom some die, over stores that fail now
 *  and then, with messages that come twice and queues that are driven once more. */
async function tell(seed: number) {
  const next = seededNumbers(seed);
  const world = openSendWorld(MAIL, { ...MAIL, name: "second", priority: 1 }, setting);
  const story = {
    rate: seed % 2 === 0 ? 0 : 0.06,
    deaths: 0,
    silences: 0,
    journal: [] as string[],
    gone: new Map<string, number[]>(),
  };
  for (const name of PEOPLE) await world.person(name);
  const queue: { touchId: string; at: number }[] = [];
  const ids: string[] = [];
  for (let n = 0; n < 8; n++) {
    const to = PEOPLE[Math.floor(next() * PEOPLE.length)] ?? "ann";
    const category = next() < 0.7 ? "marketing" : "transactional";
    await world.touch(`t-${n}`, { to, category, overCap: next() < 0.5 ? "wait" : "skip" });
    ids.push(`t-${n}`);
    for (let copies = next() < 0.3 ? 2 : 1; copies > 0; copies--) queue.push({ touchId: `t-${n}`, at: world.now() });
  }
  for (const name of ["first", "second"]) {
    // The second takes a touch once; the first does not know it again.
    world.provider(name, name === "second").answer = (touchId): SendResult => {
      story.journal.push(`call ${touchId}`);
      const fate = next();
      const went = fate < 0.6 || (fate >= 0.8 && fate < 0.9);
      const before = story.gone.get(touchId) ?? [];
      const known = name === "second" && before.length > 0;
      if (went && !known) story.gone.set(touchId, [...before, world.now()]);
      if (fate < 0.6) return { kind: "sent", providerId: `${name}-${touchId}` };
      if (fate < 0.7) return { kind: "retry", afterMs: 0, code: "busy", healthy: next() < 0.5 };
      if (fate < 0.8) return { kind: "failed", code: "refused", suppress: next() < 0.2 };
      story.silences++;
      return { kind: "unknown", code: "timed_out" };
    };
  }
  const finals = watch(world, story.journal);
  const faulty = <Port extends object>(port: Port) => withFaults(port, next, () => story.rate);
  const base = { ...world.ports, ...finals.ports };
  const weather: SendPorts = {
    ...base,
    touches: faulty(base.touches),
    profiles: faulty(base.profiles),
    suppressions: faulty(base.suppressions),
    caps: faulty(base.caps),
    timers: faulty(base.timers),
    work: faulty(base.work),
    events: faulty(base.events),
    logFailure: () => undefined,
  };

  async function workSome(): Promise<void> {
    const due = queue.filter(({ at }) => at <= world.now()).slice(0, 1 + Math.floor(next() * 6));
    if (due.length === 0) return;
    const { state, ports } = killable(weather, next);
    for (const message of due) message.at = world.now() + VISIBILITY_MS;
    const worked = sendBatch(
      ports,
      "email",
      due.map(({ touchId }) => touchId),
    ).catch(() => undefined);
    const done = await Promise.race([worked, ended(state)]);
    state.done = true;
    if (state.dead) {
      // A crash is one for each call that it interrupts.
      const interrupted = world.ports.touches.all().filter(({ lease }) => lease?.owner === ports.newId());
      story.deaths += interrupted.length;
    }
    if (!done || state.dead) return;
    for (const message of due) {
      const turn = done.turns.get(message.touchId);
      if (!turn || turn.kind === "broke") continue;
      if (turn.kind === "later") message.at = world.now() + turn.afterMs;
      else queue.splice(queue.indexOf(message), 1);
    }
  }

  /** What `wake` does with timers that have come. */
  function ring(): void {
    for (const { id, at } of world.ports.timers.rows()) {
      if (at <= world.now() && at > world.now() - 2 * HOUR_MS)
        queue.push({ touchId: id.slice("touch/".length), at: world.now() });
    }
  }

  async function meddle(): Promise<void> {
    const name = PEOPLE[Math.floor(next() * PEOPLE.length)] ?? "ann";
    const fate = next();
    if (fate < 0.1) {
      const entry = { reason: "unsubscribed", at: world.now() };
      await world.ports.suppressions.put("email", hashOf(`${name}@example.com`), "marketing", entry);
    } else if (fate < 0.3) await mergeInto(world, name, PEOPLE[0] ?? "");
    else if (fate < 0.45) queue.push(...ids.map((touchId) => ({ touchId, at: world.now() })));
  }

  for (let round = 0; round < 40; round++) {
    await Promise.all([workSome(), workSome(), meddle()]);
    world.advance(Math.floor(next() * HOUR_MS));
    ring();
  }
  story.rate = 0;
  queue.push(...ids.map((touchId) => ({ touchId, at: world.now() })));
  for (let round = 0; round < 800 && !ids.every((id) => finals.isOver(id)); round++) {
    await workSome();
    world.advance(15 * 60_000);
    ring();
  }
  // Everything that was ever in the queue comes once more.
  await sendBatch({ ...base, logFailure: () => undefined }, "email", ids);
  return { world, story, ids, finals };
}

type World = ReturnType<typeof openSendWorld>;

/** A worker that died is never heard of again; what it had begun to write is written by then. */
async function ended(state: { readonly dead: boolean; readonly done: boolean }): Promise<undefined> {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  while (!state.dead && !state.done) await turn();
  for (let turns = 0; turns < 3; turns++) await turn();
  return undefined;
}

async function mergeInto(world: World, loserName: string, winnerName: string): Promise<void> {
  const [loserId, winnerId] = [`p_${loserName}`, `p_${winnerName}`] as ProfileId[];
  if (loserId === undefined || winnerId === undefined || loserId === winnerId) return;
  const people = await world.ports.profiles.load([loserId, winnerId]);
  const [loser, winner] = [people.get(loserId), people.get(winnerId)];
  if (!loser || !winner || loser.mergedInto) return;
  const identifiers = new Map([...winner.state.identifiers, ...loser.state.identifiers]);
  await world.ports.profiles.save({ ...winner, version: winner.version + 1, state: { ...winner.state, identifiers } });
  await world.ports.profiles.save({ ...loser, version: loser.version + 1, mergedInto: winnerId });
}

/** Sees every state that is written, and every look at the suppressions. */
function watch({ ports }: World, journal: string[]) {
  const ends = new Map<string, string[]>();
  const touches: SendPorts["touches"] = {
    ...ports.touches,
    save: async (stored) => {
      const saved = await ports.touches.save(stored);
      const { touch } = stored;
      if (saved === "saved") {
        journal.push(`${touch.state} ${touch.id}`);
        const known = ends.get(touch.id) ?? [];
        if (isFinal(touch) && known.at(-1) !== touch.state) ends.set(touch.id, [...known, touch.state]);
      }
      return saved;
    },
  };
  const suppressions: SendPorts["suppressions"] = {
    ...ports.suppressions,
    isSuppressed: async (channel, hash, category) => {
      const is = await ports.suppressions.isSuppressed(channel, hash, category);
      journal.push(`look ${hash} ${is}`);
      return is;
    },
  };
  return {
    ports: { touches, suppressions },
    isOver: (id: string) => ends.has(id),
    of: (id: string) => ends.get(id) ?? [],
  };
}

/** Whether each call of a provider comes after a claim, and after a look at the suppressions since that found nothing. */
function looksBeforeCalls(journal: readonly string[], hashes: ReadonlyMap<string, string>): boolean {
  return journal.every((entry, n) => {
    const [word, id = ""] = entry.split(" ");
    if (word !== "call") return true;
    const claimedAt = journal.lastIndexOf(`claimed ${id}`, n);
    const lookedAt = journal.lastIndexOf(`look ${hashes.get(id)} false`, n);
    return claimedAt >= 0 && lookedAt > claimedAt;
  });
}

test(`one end for every touch, one message for each that is marketing, over ${SEEDS} stories`, {
  timeout: 280_000,
}, async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
      const { world, story, ids, finals } = await tell(seed);
      const touches = world.ports.touches.all();
      for (const id of ids) expect(finals.of(id), `${id} ends once`).toHaveLength(1);
      for (const { id, category, state } of touches) {
        const gone = story.gone.get(id) ?? [];
        expect(gone.length, `${id} (${category}) leaves once`).toBeLessThanOrEqual(1);
        if (state === "sent") expect(gone, `${id} was sent`).toHaveLength(1);
        if (state === "stopped") expect(gone, `${id} was not sent`).toHaveLength(0);
      }
      const unknown = touches.filter(({ state }) => state === "unknown").length;
      // A store that fails around the call is like a crash there, but nobody counts those.
      if (seed % 2 === 0) expect(unknown, "unknown").toBeLessThanOrEqual(story.deaths + story.silences);
      for (const { state, reason } of touches) seen.add(`${state} ${reason}`);
      expect(
        looksBeforeCalls(story.journal, new Map(touches.map(({ id, addressHash = "" }) => [id, addressHash]))),
      ).toBe(true);
      const marketing = touches.filter(({ category }) => category === "marketing");
      for (const hash of new Set(marketing.map(({ addressHash }) => addressHash))) {
        const at = marketing
          .filter(({ addressHash }) => addressHash === hash)
          .flatMap(({ id }) => story.gone.get(id) ?? []);
        const [sorted, cap] = [at.toSorted((a, b) => a - b), 2];
        for (const [n, first] of sorted.entries()) {
          const third = sorted[n + cap];
          if (third !== undefined)
            expect(third - first, "no third within 48 hours").toBeGreaterThanOrEqual(48 * HOUR_MS);
        }
        for (const sent of at)
          expect(new Date(sent).getUTCHours(), "not in quiet hours").toSatisfy((h: number) => h >= 8 && h < 21);
      }
      const told = new Set(world.ports.events.events.map(({ properties }) => properties?.touchId));
      const sent = touches.filter(({ state }) => state === "sent").map(({ id }) => id);
      for (const id of sent) expect(told.has(id), `${id} is told`).toBe(true);
    }),
    { numRuns: SEEDS, seed: 7 },
  );
  // The stories have told of all of it.
  const ends = [
    "sent undefined",
    "unknown lease_expired",
    "unknown timed_out",
    "stopped suppressed",
    "stopped cap_reached",
    "failed refused",
  ];
  for (const end of ends) expect(seen).toContain(end);
});
