import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openPipeline } from "../../support/pipeline.ts";

/** What programs and people write where they know nobody (model.md §2). */
const WORDS = [
  ...["null", "undefined", "none", "nil", "nan", "NaN", "true", "false", "guest", "anonymous", "unknown"],
  ...["-1", "0", "[object Object]", "your-user-id"],
];

/** How it looks by the time that it arrives. */
const DRESSINGS: readonly ((word: string) => string)[] = [
  (word) => word,
  (word) => word.toUpperCase(),
  (word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase(),
  (word) => `"${word}"`,
  (word) => `'${word}'`,
  (word) => `\\"${word}\\"`,
  (word) => `“${word}”`,
  (word) => `「${word}」`,
  (word) => ` ${word}\t`,
  (word) => `\u3000${word}\u00a0`,
  (word) => `\u200b${word}\ufeff`,
  (word) => ` " ${word} " `,
  (word) => toFullWidth(word),
  (word) => toFullWidth(`"${word.toUpperCase()}"`),
  (word) => `<${word}>`,
  (word) => `{{ ${word} }}`,
];
const BARE = [
  ...["", " ", "\t", "\u3000", '""', "''", "-", "--", "—", "－－", "_", "00", "000000", "０００", "0.0", "-0"],
  ...["00000000-0000-0000-0000-000000000000", "00:00:00:00:00:00", "YOUR_USER_ID", "yourUserId", "<your user id>"],
];
const FORMS = [...new Set([...WORDS.flatMap((word) => DRESSINGS.map((dress) => dress(word))), ...BARE])];

function toFullWidth(text: string): string {
  return text.replaceAll(/[!-~ ]/g, (char) =>
    char === " " ? "\u3000" : String.fromCharCode(char.charCodeAt(0) + 0xfee0),
  );
}

/** A call of somebody whose only true identifier is `own`, with junk as an identifier of the kind. */
const KINDS: Readonly<Record<string, (junk: unknown, own: string) => object>> = {
  userId: (junk, own) => ({ userId: junk, anonymousId: own }),
  anonymousId: (junk, own) => ({ userId: own, anonymousId: junk }),
  email: (junk, own) => ({ userId: own, traits: { email: junk } }),
  phone: (junk, own) => ({ userId: own, traits: { phone: junk } }),
  deviceId: (junk, own) => ({ userId: own, context: { device: { id: junk } } }),
  previousId: (junk, own) => ({ type: "alias", userId: own, previousId: junk }),
  externalId: (junk, own) => ({ userId: own, context: { externalIds: [{ type: "unionid", id: junk }] } }),
};

test("there are more than two hundred forms", () => expect(FORMS.length).toBeGreaterThan(200));

describe.each(Object.entries(KINDS))("junk as %s", (kind, callOf) => {
  test("never makes one person of two, in any form", async () => {
    const pipeline = openPipeline();
    const strangers = FORMS.flatMap((junk, n) => [0, 1].map((which) => ({ junk, own: `${kind}-${n}-${which}` })));
    for (let start = 0; start < strangers.length; start += 100) {
      const batch = strangers.slice(start, start + 100);
      await pipeline.send(batch.map(({ junk, own }) => ({ type: "identify", messageId: own, ...callOf(junk, own) })));
    }
    const people = pipeline.living();
    expect(people).toHaveLength(strangers.length);
    for (const { state } of people) expect([...state.identifiers.keys()]).toHaveLength(1);
    expect(pipeline.ports.counted.get("PeopleMerged") ?? 0).toBe(0);
    expect((await pipeline.ports.conflicts.list({ limit: 1 })).conflicts).toEqual([]);
  });

  test("that is no text never makes one person of two either", async () => {
    const pipeline = openPipeline();
    const values = [null, true, false, 0, -1, 1.5, 2 ** 53, {}, [], [null], { id: 1 }];
    const calls = values.flatMap((junk, n) =>
      [0, 1].map((which) => ({ type: "identify", ...callOf(junk, `${kind}-${n}-${which}`) })),
    );
    const outcomes = calls.map((call) => pipeline.collect(call));
    const events = outcomes.flatMap((outcome) => (outcome.kind === "accepted" ? [outcome.event] : []));
    await pipeline.fold(events);
    expect(pipeline.living()).toHaveLength(events.length);
    const codes = outcomes.flatMap((outcome) => (outcome.kind === "refused" ? [outcome.code] : []));
    expect(new Set(codes)).toEqual(new Set(codes.length > 0 ? ["identifier_not_text"] : []));
  });
});

describe("an event with no usable identifier", () => {
  test("is refused with a reason, whatever form the junk has and in whatever fields", () => {
    const { collect } = openPipeline();
    for (const junk of FORMS) {
      const everywhere = {
        userId: junk,
        anonymousId: junk,
        traits: { email: junk, phone: junk },
        context: { device: { id: junk, token: junk }, externalIds: [{ type: "unionid", id: junk }] },
      };
      expect([junk, collect({ type: "identify", ...everywhere })]).toMatchObject([junk, { code: "no_identity" }]);
    }
  });

  test("is refused under any heap of quotes, spaces, capitals and widths", () => {
    const { collect } = openPipeline();
    const wrap = fc.array(
      fc.constantFrom('"', "'", "`", " ", "\t", "\u3000", "“", "”", "「", "」", "<", ">", "\u200b"),
      {
        maxLength: 6,
      },
    );
    const shape = fc.constantFrom(
      (w: string) => w,
      toFullWidth,
      (w: string) => w.toUpperCase(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...WORDS), wrap, wrap, shape, (word, before, after, dress) => {
        const userId = dress([...before, word, ...after].join(""));
        expect(collect({ type: "track", event: "Product Viewed", userId })).toMatchObject({ code: "no_identity" });
      }),
      { numRuns: 2_000 },
    );
  });
});
