import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectedOpenRate } from "#domain/decide/channel-opens.ts";
import { type Candidate, chooseChannel } from "#domain/decide/choose-channel.ts";

const NAMES = ["email", "sms", "push", "wechat", "inapp"];

const opens = fc.nat(64).chain((sent) => fc.record({ sent: fc.constant(sent), opened: fc.nat(sent) }));
const stopped = fc.constantFrom("no_address" as const, "suppressed" as const, "no_consent" as const, undefined);
/** Channels in some order, each with what is known of it. */
const candidates: fc.Arbitrary<Candidate[]> = fc
  .shuffledSubarray(NAMES, { minLength: 2 })
  .chain((channels) =>
    fc.tuple(
      ...channels.map((channel) =>
        fc.tuple(opens, stopped).map(([count, why]) => ({ channel, opens: count, ...(why && { stopped: why }) })),
      ),
    ),
  );

function choose(looked: readonly Candidate[], prefer?: "person") {
  const channels = looked.map(({ channel }) => channel);
  const { chosen, choice } = chooseChannel(channels, looked, prefer);
  return { channel: chosen?.channel, ...choice };
}

const email = (sent: number, opened: number): Candidate => ({ channel: "email", opens: { sent, opened } });
const sms = (sent: number, opened: number): Candidate => ({ channel: "sms", opens: { sent, opened } });

describe("channels in order", () => {
  test("the first possible one is taken, and the others say why not", () => {
    const looked: Candidate[] = [
      { channel: "push", stopped: "no_address" },
      { channel: "email", stopped: "no_consent" },
      { channel: "sms" },
    ];
    expect(chooseChannel(["push", "email", "sms", "inapp"], looked, undefined)).toEqual({
      chosen: looked[2],
      choice: {
        because: "first_possible",
        considered: [
          { channel: "push", passedOver: "no_address" },
          { channel: "email", passedOver: "no_consent" },
          { channel: "sms" },
          { channel: "inapp", passedOver: "later_in_order" },
        ],
      },
    });
  });

  test("where none is possible it is the first, with every reason", () => {
    const looked: Candidate[] = [
      { channel: "email", stopped: "suppressed" },
      { channel: "sms", stopped: "no_address" },
    ];
    expect(choose(looked)).toEqual({
      channel: "email",
      because: "none_possible",
      considered: [
        { channel: "email", passedOver: "suppressed" },
        { channel: "sms", passedOver: "no_address" },
      ],
    });
  });

  test("what the person opens plays no part", () => {
    fc.assert(
      fc.property(candidates, (looked) => {
        const first = looked.find((one) => one.stopped === undefined) ?? looked[0];
        expect(choose(looked).channel).toBe(first?.channel);
      }),
    );
  });
});

describe("the channel whose messages the person opens most", () => {
  test("one of one does not beat forty of fifty", () => {
    expect(choose([sms(1, 1), email(50, 40)], "person")).toEqual({
      channel: "email",
      because: "best_open_rate",
      considered: [
        { channel: "sms", sent: 1, opened: 1, passedOver: "lower_open_rate" },
        { channel: "email", sent: 50, opened: 40 },
      ],
    });
  });

  test("a channel that was never used gets its try where the others are seldom opened, and loses it again", () => {
    expect(choose([email(20, 6), sms(0, 0)], "person")).toMatchObject({ channel: "sms", because: "best_open_rate" });
    expect(choose([email(20, 6), sms(1, 0)], "person").channel).toBe("sms");
    expect(choose([email(20, 6), sms(2, 0)], "person").channel).toBe("email");
    expect(choose([email(20, 16), sms(0, 0)], "person").channel).toBe("email");
  });

  test("the order decides between those that are opened alike, also where nothing was sent yet", () => {
    expect(choose([sms(0, 0), email(0, 0)], "person")).toEqual({
      channel: "sms",
      because: "equal_open_rates",
      considered: [
        { channel: "sms", sent: 0, opened: 0 },
        { channel: "email", sent: 0, opened: 0, passedOver: "later_in_order" },
      ],
    });
  });

  test("a channel that is not possible is not taken, however much is opened there", () => {
    expect(choose([{ ...email(50, 50), stopped: "no_consent" }, sms(9, 0)], "person")).toEqual({
      channel: "sms",
      because: "only_possible",
      considered: [
        { channel: "email", sent: 50, opened: 50, passedOver: "no_consent" },
        { channel: "sms", sent: 9, opened: 0 },
      ],
    });
    const stoppedBoth: Candidate[] = [
      { ...email(1, 0), stopped: "no_consent" },
      { ...sms(9, 9), stopped: "no_address" },
    ];
    expect(choose(stoppedBoth, "person")).toMatchObject({ channel: "email", because: "none_possible" });
  });

  test("is possible where any is, and no possible one is opened more, nor one before it as much", () => {
    fc.assert(
      fc.property(candidates, (looked) => {
        const { channel } = choose(looked, "person");
        const possible = looked.filter((one) => one.stopped === undefined);
        const rate = ({ opens: count = { sent: 0, opened: 0 } }: Candidate) => expectedOpenRate(count);
        const at = possible.findIndex((one) => one.channel === channel);
        fc.pre(possible.length > 0);
        const own = possible[at];
        if (!own) throw new Error(`${channel} is not possible`);
        expect(possible.every((one) => rate(one) <= rate(own))).toBe(true);
        expect(possible.slice(0, at).every((one) => rate(one) < rate(own))).toBe(true);
      }),
    );
  });

  test("stays the choice where more of its messages are opened and fewer of the others'", () => {
    fc.assert(
      fc.property(candidates, fc.nat(20), fc.nat(20), (looked, more, less) => {
        const { channel } = choose(looked, "person");
        const changed = looked.map((one): Candidate => {
          const { sent, opened } = one.opens ?? { sent: 0, opened: 0 };
          const isChosen = one.channel === channel;
          const by = isChosen ? { sent: sent + more, opened: opened + more } : { sent: sent + less, opened };
          return { ...one, opens: by };
        });
        expect(choose(changed, "person").channel).toBe(channel);
      }),
    );
  });

  test("every choice names each channel once, in the step's order, and says of each but the chosen one why not", () => {
    fc.assert(
      fc.property(candidates, fc.constantFrom("person" as const, undefined), (looked, prefer) => {
        const { channel, because, considered } = choose(looked, prefer);
        expect(considered.map((one) => one.channel)).toEqual(looked.map((one) => one.channel));
        const taken = considered.filter(({ passedOver }) => passedOver === undefined).map((one) => one.channel);
        expect(taken).toEqual(because === "none_possible" ? [] : [channel]);
      }),
    );
  });
});

test("the rate is that of Laplace's rule of succession", () => {
  expect(expectedOpenRate({ sent: 0, opened: 0 })).toBe(1 / 2);
  expect(expectedOpenRate({ sent: 1, opened: 1 })).toBe(2 / 3);
  expect(expectedOpenRate({ sent: 50, opened: 40 })).toBe(41 / 52);
});
