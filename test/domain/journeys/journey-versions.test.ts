import { describe, expect, test } from "vitest";
import type { Bundle } from "#domain/definitions/bundle.ts";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { makeJourneyVersions } from "#domain/journeys/journey-versions.ts";

function bundleOf(version: number, changedAt: number, waits: string[]): Bundle {
  const definition = {
    kind: "journey",
    name: "welcome",
    trigger: { event: "Signed Up" },
    steps: waits.map((time) => ({ wait: { for: time } })),
  };
  return { version, definitions: [{ kind: "journey", name: "welcome", version: changedAt, definition }] };
}

describe("a journey's earlier version", () => {
  const log = new Map([1, 2, 3].map((version) => [version, bundleOf(version, version, Array(version).fill("1h"))]));
  const reads: number[] = [];
  const store = {
    at: async (version: number) => {
      reads.push(version);
      return log.get(version);
    },
  };
  const versions = makeJourneyVersions(store);
  const inForce = compileBundle(bundleOf(4, 3, ["1h", "1h", "1h"]));
  const stepsOf = async (version: number, bundle = inForce) =>
    (await versions.at("welcome", version, bundle))?.program.length;

  test("is what its runs walk; the one in force is at hand, others are read once", async () => {
    expect([await stepsOf(3), await stepsOf(1), await stepsOf(2), await stepsOf(1)]).toEqual([4, 2, 3, 2]);
    expect(reads).toEqual([1, 2]);
    expect(await versions.at("welcome", 1, inForce)).toBe(await versions.at("welcome", 1, inForce));
  });

  test("is compiled anew by other definitions in force, and not read again", async () => {
    const later = compileBundle(bundleOf(5, 5, ["2h"]));
    const [was, is] = [await versions.at("welcome", 1, inForce), await versions.at("welcome", 1, later)];
    expect(is).not.toBe(was);
    expect(is).toMatchObject({ name: "welcome", version: 1 });
    expect(reads).toEqual([1, 2]);
  });

  test("that never was is undefined, as is a journey that was not there", async () => {
    expect(await versions.at("welcome", 9, inForce)).toBeUndefined();
    expect(await versions.at("ghost", 1, inForce)).toBeUndefined();
  });
});
