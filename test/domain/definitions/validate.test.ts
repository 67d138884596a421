import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { validateBundle, validateDefinition } from "#domain/definitions/validate.ts";

function faultsOf(input: unknown) {
  const result = validateDefinition(input);
  return result.ok ? [] : result.faults.map(({ path, code }) => `${path}: ${code}`);
}

function nested(levels: number): unknown {
  let rule: unknown = { tag: "vip" };
  for (let level = 1; level < levels; level++) rule = { not: rule };
  return { kind: "tag", name: "deep", rule };
}

function stored(name: string, ...tags: string[]) {
  const definition = {
    kind: "tag",
    name,
    rule: { all: [{ inactive: { for: "7d" } }, ...tags.map((tag) => ({ tag }))] },
  };
  return { kind: "tag", name, version: 1, definition };
}

describe("a definition by itself", () => {
  test("may be 32 levels deep and no more, however much more it is", () => {
    expect(faultsOf(nested(32))).toEqual([]);
    expect(faultsOf(nested(33))).toEqual(["rule: rule_too_deep"]);
    expect(faultsOf(nested(100_000))).toEqual(["rule: rule_too_deep"]);
  });

  test("may have 1,000 leaves and no more", () => {
    const rule = (leaves: number) => ({ any: Array.from({ length: leaves }, () => ({ tag: "vip" })) });
    expect(faultsOf({ kind: "tag", name: "wide", rule: rule(1000) })).toEqual([]);
    expect(faultsOf({ kind: "tag", name: "wide", rule: rule(1001) })).toEqual(["rule: rule_too_large"]);
    const spread = { all: [rule(500), rule(500), { not: { tag: "vip" } }] };
    expect(faultsOf({ kind: "tag", name: "wide", rule: spread })).toEqual(["rule: rule_too_large"]);
  });

  test("may list 1,000 values and no more", () => {
    const rule = (values: number) => ({ trait: { name: "n", in: Array.from({ length: values }, (_, n) => n) } });
    expect(faultsOf({ kind: "tag", name: "long", rule: rule(1000) })).toEqual([]);
    expect(faultsOf({ kind: "tag", name: "long", rule: rule(1001) })).toEqual(["rule.trait.in: too_big"]);
  });

  test("is judged without throwing, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.record({ kind: fc.constant("tag"), name: fc.constant("a"), rule: fc.anything() })),
        (input) => {
          const result = validateDefinition(input);
          if (!result.ok) expect(result.faults.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("definitions against one another", () => {
  test("a cycle is refused with the cycle printed", () => {
    expect(validateBundle([stored("a", "b"), stored("b", "c"), stored("c", "a"), stored("d", "a")])).toEqual([
      { path: "rule", code: "definition_cycle", message: "a → b → c → a", definition: "tag/a" },
    ]);
    expect(validateBundle([stored("a", "a")])[0]?.message).toBe("a → a");
  });

  test("two cycles are both found", () => {
    const faults = validateBundle([stored("a", "b"), stored("b", "a", "c"), stored("c", "d"), stored("d", "c")]);
    expect(faults.map(({ message }) => message)).toEqual(["a → b → a", "c → d → c"]);
  });

  test("a name that leads nowhere is refused where it stands", () => {
    expect(validateBundle([stored("a", "vip")])).toMatchObject([
      { path: "rule.all[1].tag", code: "definition_unknown_reference", definition: "tag/a" },
    ]);
  });

  test("a cycle through tags, segments and ladders names their kinds", () => {
    const definitions = [
      { kind: "tag", name: "a", rule: { segment: "a" } },
      { kind: "segment", name: "a", rule: { tier: { ladder: "a", in: ["x"] } } },
      { kind: "ladder", name: "a", tiers: [{ name: "x", rule: { not: { tag: "a" } } }, { name: "y" }] },
    ].map((definition) => ({ kind: definition.kind, name: definition.name, version: 1, definition }));
    expect(validateBundle(definitions)).toEqual([
      {
        path: "tiers",
        code: "definition_cycle",
        message: "ladder/a → tag/a → segment/a → ladder/a",
        definition: "ladder/a",
      },
    ]);
  });

  test("a tier that its ladder does not have is refused where it is asked for", () => {
    const definitions = [
      { kind: "segment", name: "s", rule: { any: [{ segment: "t" }, { tier: { ladder: "l", in: ["x", "z"] } }] } },
      { kind: "ladder", name: "l", tiers: [{ name: "x", rule: { tag: "s" } }, { name: "y" }] },
    ].map((definition) => ({ kind: definition.kind, name: definition.name, version: 1, definition }));
    expect(validateBundle(definitions)).toMatchObject([
      { path: "rule.any[0].segment", message: "there is no segment t", definition: "segment/s" },
      { path: "rule.any[1].tier", message: "the ladder l has no tier z", definition: "segment/s" },
      { path: "tiers[0].rule.tag", message: "there is no tag s", definition: "ladder/l" },
    ]);
  });

  test("two definitions of one name are refused", () => {
    expect(validateBundle([stored("a"), stored("a")])).toMatchObject([{ code: "definition_duplicate" }]);
  });

  test("a chain of ten thousand tags is ordered", () => {
    const chain = Array.from({ length: 10_000 }, (_, n) => (n === 0 ? stored("t0") : stored(`t${n}`, `t${n - 1}`)));
    expect(validateBundle(chain)).toEqual([]);
  });
});
