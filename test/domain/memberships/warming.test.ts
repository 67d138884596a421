import { describe, expect, test } from "vitest";
import type { Bundle } from "#domain/definitions/bundle.ts";
import { changeDefinitions } from "#domain/definitions/change-definitions.ts";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { explainMembership } from "#domain/memberships/explain-membership.ts";
import type { MembershipKey } from "#domain/profile/state.ts";
import type { Rule } from "#events/rule.ts";
import { aPerson } from "../../support/people.ts";

const at = (text: string) => Date.parse(text);
const NO_BUNDLE: Bundle = { version: 0, definitions: [] };
const viewed = (within?: string): Rule => ({ did: { event: "Product Viewed", ...(within && { within }) } });

/** Puts definitions in force, or removes those that are null, as one version. */
function change(before: Bundle, when: string, definitions: Record<string, object | null>): Bundle {
  const changes = Object.entries(definitions).map(([name, definition]) =>
    definition === null
      ? { op: "remove" as const, kind: "tag", name }
      : { op: "put" as const, kind: "tag", name, definition },
  );
  const changed = changeDefinitions(before, changes as never, () => ({ key: "", hash: "" }), at(when));
  if (!changed.ok) throw new Error(JSON.stringify(changed.faults));
  return changed.bundle;
}

function warming(bundle: Bundle, name: string, now: string, filledTo = 1): string | undefined {
  const person = aPerson("ann", { filledTo });
  const why = explainMembership(person, at(now), compileBundle(bundle), `tag:${name}` as MembershipKey);
  if (why?.warmingUntil === undefined) return undefined;
  return why.warmingUntil === Infinity ? "filled" : new Date(why.warmingUntil).toISOString();
}

const first = change(NO_BUNDLE, "2026-01-01T10:00:00Z", { old: { rule: viewed("30d") } });
const NOW = "2026-02-01T12:00:00Z";

describe("warming", () => {
  test("a feature that was not kept before is complete when its window began after it was", () => {
    const bundle = change(first, "2026-02-01T10:00:00Z", {
      days: { rule: { did: { event: "Product Added", within: "7d" } } },
      hours: { rule: { did: { event: "Product Added", within: "6h" } } },
      ever: { rule: { did: { event: "Product Added" } } },
      taste: { value: { top: "category", of: "Product Viewed" } },
    });
    expect(warming(bundle, "days", NOW)).toBe("2026-02-08T00:00:00.000Z");
    expect(warming(bundle, "days", "2026-02-08T00:00:00Z")).toBeUndefined();
    expect(warming(bundle, "hours", NOW)).toBe("2026-02-01T16:00:00.000Z");
    expect(warming(bundle, "ever", NOW)).toBe("filled");
    expect(warming(bundle, "taste=tea", NOW)).toBe("2027-02-07T00:00:00.000Z");
  });

  test("a person whose features were filled, or who came later, is complete at once", () => {
    const bundle = change(first, "2026-02-01T10:00:00Z", { ever: { rule: viewed() } });
    expect([warming(bundle, "ever", NOW, 1), warming(bundle, "ever", NOW, 2)]).toEqual(["filled", undefined]);
  });

  test("a feature that another definition asks for over as long a window was kept all along", () => {
    const bundle = change(first, "2026-02-01T10:00:00Z", {
      shorter: { rule: viewed("7d") },
      same: { rule: { not: viewed("30d") } },
      longer: { rule: viewed("60d") },
    });
    expect(["old", "shorter", "same"].map((name) => warming(bundle, name, NOW))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(warming(bundle, "longer", NOW)).toBe("2026-04-02T00:00:00.000Z");
    const later = change(bundle, "2026-02-02T10:00:00Z", { old: null, shorter: { rule: { not: viewed("7d") } } });
    expect([warming(later, "same", NOW), warming(later, "shorter", NOW)]).toEqual([undefined, undefined]);
  });

  test("a feature that nothing asked for meanwhile begins anew", () => {
    const removed = change(first, "2026-01-10T10:00:00Z", { old: null });
    const again = change(removed, "2026-02-01T10:00:00Z", { old: { rule: viewed("30d") } });
    expect(warming(again, "old", NOW)).toBe("2026-03-03T00:00:00.000Z");
  });

  test("a definition warms with those that its rule names", () => {
    const bundle = change(first, "2026-02-01T10:00:00Z", {
      fresh: { rule: { did: { event: "Product Added", within: "7d" } } },
      above: { rule: { all: [{ tag: "old" }, { tag: "fresh" }] } },
    });
    expect(warming(bundle, "above", NOW)).toBe("2026-02-08T00:00:00.000Z");
  });

  test("a quantile warms until a re-tiering run has found it", () => {
    const bundle = change(first, "2026-02-01T10:00:00Z", { champion: { rule: { rfm: { r: [5] } } } });
    expect(warming(bundle, "champion", NOW, 9)).toBe("filled");
  });

  test("definitions that were stored before there were records are complete", () => {
    const stored = first.definitions.map(({ features: _, ...rest }) => rest);
    const bundle = change({ ...first, definitions: stored }, "2026-02-01T10:00:00Z", {
      same: { rule: { not: viewed("30d") } },
    });
    expect([warming(bundle, "old", NOW, 0), warming(bundle, "same", NOW, 0)]).toEqual([undefined, undefined]);
  });
});
