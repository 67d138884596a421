import fc from "fast-check";
import { expect, test } from "vitest";
import type { LinkRefusal } from "#domain/identity/link-limits.ts";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";
import { sumRefusals } from "#functions/fold/sum-refusals.ts";

const refusal = fc.record({
  reason: fc.constantFrom<LinkRefusal>("identifier_limit", "merge_limit"),
  key: fc
    .tuple(fc.constantFrom("email", "openid:wx1", "deviceId"), fc.integer({ min: 0, max: 40 }))
    .map(([type, n]) => `${type}:${n}` as IdentifierKey),
  owner: fc.constantFrom("p_a", "p_b") as fc.Arbitrary<ProfileId>,
});

test("every refusal is in one sum, and there are few sums however many identifiers were refused", () => {
  fc.assert(
    fc.property(fc.array(refusal, { maxLength: 400 }), (refusals) => {
      const sums = sumRefusals(refusals, 7);
      expect(sums.reduce((total, { count }) => total + count, 0)).toBe(refusals.length);
      expect(new Set(sums.map(({ reason, key }) => `${reason} ${key}`)).size).toBe(sums.length);
      const kinds = new Set(refusals.map(({ reason, key }) => `${reason} ${key.replace(/:\d+$/, "")}`));
      expect(sums.length).toBeLessThanOrEqual(11 * kinds.size);
      for (const { reason, key, owner, count } of sums.filter((sum) => !sum.key.endsWith(":*"))) {
        const own = refusals.filter((each) => each.reason === reason && each.key === key);
        expect([count, owner]).toEqual([own.length, own.at(-1)?.owner]);
      }
    }),
  );
});

test("up to ten values of a type are listed by themselves; of more, the most frequent", () => {
  const refused = (n: number) =>
    ({ reason: "identifier_limit", key: `email:${n}` as IdentifierKey, owner: "p_a" as ProfileId }) as const;
  const ten = Array.from({ length: 10 }, (_, n) => refused(n));
  expect(sumRefusals(ten, 7)).toHaveLength(10);
  const many = [...Array.from({ length: 30 }, (_, n) => refused(n)), refused(29), refused(29)];
  const sums = sumRefusals(many, 7);
  expect(sums[0]).toEqual({ ...refused(29), count: 3, at: 7 });
  expect(sums.at(-1)).toEqual({ ...refused(0), key: "email:*", count: 20, at: 7 });
});
