import { describe, expect, test } from "vitest";
import { addOptOutLine } from "#domain/sms/opt-out-line.ts";
import { segmentsTo } from "#domain/sms/segments-to.ts";

describe("the line that says how to opt out", () => {
  test.each([
    ["+8613512345678", "新品上市", "新品上市,拒收请回复R"],
    ["+8613512345678", "新品上市,退订回T", "新品上市,退订回T"],
    ["+8613512345678", "新品上市,拒收请回复R", "新品上市,拒收请回复R"],
    ["+14255550156", "New in", "New in Reply STOP to opt out"],
    ["+14255550156", "New in. Text stop to end", "New in. Text stop to end"],
    ["+14255550156", "Nonstop savings", "Nonstop savings Reply STOP to opt out"],
    ["+4915112345678", "Neu", "Neu"],
  ])("to %s: %s", (to, text, expected) => {
    const once = addOptOutLine(text, { to, category: "marketing" });
    expect(once).toBe(expected);
    expect(addOptOutLine(once, { to, category: "marketing" })).toBe(once);
    expect(addOptOutLine(text, { to, category: "transactional" })).toBe(text);
  });
});

test("China's networks send everything as UCS-2", () => {
  expect(segmentsTo("+8613512345678", "a".repeat(71))).toBe(2);
  expect(segmentsTo("+14255550156", "a".repeat(71))).toBe(1);
});
