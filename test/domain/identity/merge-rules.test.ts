import fc from "fast-check";
import { expect, test } from "vitest";
import { makeIdentityLimits } from "#domain/definitions/identity-settings.ts";
import { refuseMerge } from "#domain/identity/merge-rules.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";

const keys = (...values: string[]) => ({ identifiers: values as IdentifierKey[], merges: 0 });
const limitOf = makeIdentityLimits([{ type: "email", limit: 1 }]);

test("whoever is past a limit that was lowered may be merged with someone who has nothing of that type", () => {
  const past = keys("email:a@x.cn", "email:b@x.cn");
  expect(refuseMerge(past, keys("anonymousId:v1"), limitOf)).toBeUndefined();
  expect(refuseMerge(keys("anonymousId:v1"), past, limitOf)).toBeUndefined();
  expect(refuseMerge(past, keys("email:c@x.cn"), limitOf)).toBe("identifier_limit");
});

test("two people may be merged or not, whichever of them is asked about first", () => {
  const key = fc.constantFrom("email:a", "email:b", "email:c", "userId:1", "userId:2", "anonymousId:v", "phone:1");
  const person = fc.uniqueArray(key).map((drawn) => keys(...drawn));
  fc.assert(
    fc.property(person, person, (a, b) => {
      expect(refuseMerge(a, b, limitOf) === undefined).toBe(refuseMerge(b, a, limitOf) === undefined);
    }),
  );
});
