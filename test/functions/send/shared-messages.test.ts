import type { SQSRecord } from "aws-lambda";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { ChannelMessage } from "#domain/sending/channel-message.ts";
import { makeSendHandler } from "#functions/send/make-send-handler.ts";
import { MAIL, openSendWorld } from "../../support/send-world.ts";

const MAX_RECEIVES = 5;
const TOUCHES = 8;
const ids = Array.from({ length: TOUCHES }, (_, n) => `t-${n}`);

/** What goes wrong for a touch: its row cannot be read so many times (for ever: poison), or its provider wants to be
 *  asked again. */
const aFate = fc.oneof(
  fc.record({ kind: fc.constant("broken" as const), times: fc.oneof(fc.nat(3), fc.constant(Infinity)) }),
  fc.record({ kind: fc.constant("late" as const), times: fc.nat(3) }),
);

const aStory = fc.record({
  fates: fc.array(aFate, { minLength: TOUCHES, maxLength: TOUCHES }),
  /** How many touches each message has: one in the shape of before, two or more in that of now. */
  sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: TOUCHES, maxLength: TOUCHES }),
  /** Calls to put something back that the queue refuses. */
  refusals: fc.nat(4),
  /** Messages that come a second time. */
  twice: fc.array(fc.nat(TOUCHES - 1), { maxLength: 4 }),
});

/** Works a queue until it is empty: what fails comes again, the fifth time it goes to the dead letters. */
async function tell({
  fates,
  sizes,
  refusals,
  twice,
}: typeof aStory extends fc.Arbitrary<infer Story> ? Story : never) {
  const world = openSendWorld(MAIL);
  await world.person("ann");
  for (const id of ids) await world.touch(id, { to: "ann", category: "transactional" });
  const left = new Map(
    ids.map((id, n) => [id, fates[n] ?? { kind: "late", times: 0 }] as const).map(([id, fate]) => [id, { ...fate }]),
  );
  const takes = (id: string, kind: "broken" | "late") => {
    const fate = left.get(id);
    return fate?.kind === kind && fate.times-- > 0;
  };
  const { find } = world.ports.touches;
  world.ports.touches.find = async (id) => {
    if (takes(id, "broken")) throw new Error("no answer");
    return find(id);
  };
  world.provider("first").answer = (id) =>
    takes(id, "late")
      ? { kind: "retry", afterMs: 1_000, code: "busy", healthy: true }
      : { kind: "sent", providerId: id };

  const queue: { body: string; receives: number }[] = [];
  const dead: string[] = [];
  for (let n = 0; n < ids.length; ) {
    const own = ids.slice(n, n + (sizes[n] ?? 1));
    n += own.length;
    queue.push({ body: JSON.stringify(own.length > 1 ? { touchIds: own } : { touchId: own[0] }), receives: 0 });
  }
  for (const n of twice) queue.push({ body: queue[n % queue.length]?.body ?? "", receives: 0 });
  let refused = 0;
  const handle = makeSendHandler(
    {
      ...world.ports,
      channel: "email",
      queue: {
        async send(messages: readonly ChannelMessage[]) {
          if (refused++ < refusals) throw new Error("refused");
          for (const message of messages) queue.push({ body: JSON.stringify(message), receives: 0 });
        },
      },
    },
    { log: { info: () => undefined, warn: () => undefined }, countBy: () => undefined },
  );
  for (let rounds = 0; queue.length > 0; rounds++) {
    if (rounds > 200) throw new Error("the queue does not become empty");
    world.advance(16 * 60_000);
    const batch = queue.splice(0, 10);
    const Records = batch.map(({ body }, n) => ({ messageId: `m-${n}`, body }) as SQSRecord);
    const { batchItemFailures } = await handle({ Records });
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const [n, { body, receives }] of batch.entries()) {
      if (!failed.has(`m-${n}`)) continue;
      if (receives + 1 < MAX_RECEIVES) queue.push({ body, receives: receives + 1 });
      else dead.push(body);
    }
  }
  return { world, dead };
}

test("touches that share a message are each sent once; only those that no store ever answers for are dead letters, alone", async () => {
  await fc.assert(
    fc.asyncProperty(aStory, async (story) => {
      const { world, dead } = await tell(story);
      const poisoned = ids.filter((_, n) => story.fates[n]?.times === Infinity);
      const sound = ids.filter((id) => !poisoned.includes(id));
      const taken = world.ports.touches.all().filter(({ state }) => state === "sent");
      expect(taken.map(({ id }) => id).toSorted()).toEqual(sound.toSorted());
      for (const id of sound) {
        const calls = world.provider("first").calls.filter(({ touchId }) => touchId === id);
        const fate = story.fates[ids.indexOf(id)];
        expect(calls, id).toHaveLength(1 + (fate?.kind === "late" ? fate.times : 0));
      }
      expect(new Set(dead)).toEqual(new Set(poisoned.map((touchId) => JSON.stringify({ touchId }))));
    }),
    { numRuns: 40 },
  );
});
