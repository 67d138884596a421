import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOptOutReply } from "#domain/sms/opt-out-reply.ts";
import { measureSms } from "#domain/sms/sms-segments.ts";

describe("the size of an SMS", () => {
  test.each([
    ["", "gsm-7", 0, 0],
    ["a".repeat(160), "gsm-7", 160, 1],
    ["a".repeat(161), "gsm-7", 161, 2],
    ["a".repeat(306), "gsm-7", 306, 2],
    ["a".repeat(307), "gsm-7", 307, 3],
    ["€".repeat(80), "gsm-7", 160, 1],
    // An escape and its character are not parted: 152 septets fit into each of the first segments.
    ["€".repeat(153), "gsm-7", 306, 3],
    ["您".repeat(70), "ucs-2", 70, 1],
    ["您".repeat(71), "ucs-2", 71, 2],
    ["您".repeat(134), "ucs-2", 134, 2],
    // Nor are the halves of a character outside the basic plane: 33 in a segment.
    ["😀".repeat(67), "ucs-2", 134, 3],
    ["`", "ucs-2", 1, 1],
  ])("%.8s… is %s, %i units, %i segments", (text, encoding, units, segments) => {
    expect(measureSms(text)).toEqual({ encoding, units, segments });
  });

  test("where a network sends everything as UCS-2, plain letters are too", () => {
    expect(measureSms("a".repeat(71), "ucs-2")).toEqual({ encoding: "ucs-2", units: 71, segments: 2 });
  });

  test("one more character never makes it smaller, and every segment is filled but for a parted pair", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 400 }),
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
        (text, more) => {
          const size = measureSms(text);
          expect(measureSms(text + more).segments).toBeGreaterThanOrEqual(
            size.encoding === "gsm-7" ? 0 : size.segments,
          );
          const { joined, alone } = size.encoding === "gsm-7" ? { joined: 153, alone: 160 } : { joined: 67, alone: 70 };
          if (size.units <= alone) expect(size.segments).toBeLessThanOrEqual(1);
          else {
            expect(size.segments).toBeGreaterThanOrEqual(Math.ceil(size.units / joined));
            expect(size.segments).toBeLessThanOrEqual(Math.ceil(size.units / (joined - 1)));
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("a reply", () => {
  test.each([
    "R",
    "r",
    "Ｒ",
    "ｒ",
    "T",
    "t",
    "TD",
    "td",
    "Td",
    "ＴＤ",
    " T ",
    "“T”",
    "退订",
    "退订。",
    "STOP",
    "stop.",
    "Opt-out",
  ])("%s opts out", (reply) => {
    expect(isOptOutReply(reply)).toBe(true);
  });

  test.each(["", "TT", "RT", "谢谢", "不要停", "please stop by on Tuesday", "退订是什么意思", "收到"])(
    "%s does not",
    (reply) => {
      expect(isOptOutReply(reply)).toBe(false);
    },
  );
});
