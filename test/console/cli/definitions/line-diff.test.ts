import fc from "fast-check";
import { expect, test } from "vitest";
import { diffLines } from "../../../../console/cli/definitions/line-diff.ts";

const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });

test("a diff holds both texts, each in order", () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const diff = diffLines(before, after);
      expect(diff.filter(({ sign }) => sign !== "+").map(({ text }) => text)).toEqual(before);
      expect(diff.filter(({ sign }) => sign !== "-").map(({ text }) => text)).toEqual(after);
    }),
    { numRuns: 1000 },
  );
});

test("equal texts have no changes, and one changed line is one removed and one added", () => {
  expect(diffLines(["a", "b"], ["a", "b"]).every(({ sign }) => sign === " ")).toBe(true);
  expect(diffLines(["a", "b", "c"], ["a", "x", "c"]).map(({ sign, text }) => sign + text)).toEqual([
    " a",
    "-b",
    "+x",
    " c",
  ]);
});
