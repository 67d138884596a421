import { expect, test } from "vitest";
import type { IdentifierKey } from "#domain/profile/state.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { makeMemoryFoldPorts } from "../../support/fold-ports.ts";
import { anEvent } from "../../support/people.ts";

const alias = (previousId: unknown, ...identifiers: [string, string][]) =>
  anEvent("alias", { type: "alias", event: undefined, identifiers, properties: { previousId } });

test.each([" u-2 ", "u-2"])("an alias whose previousId %j is known as a userId links nothing", async (previousId) => {
  const ports = makeMemoryFoldPorts();
  await foldBatch(ports, [anEvent("m", { identifiers: [["userId", "u-2"]] })]);
  await foldBatch(ports, [alias(previousId, ["userId", "u-1"], ["anonymousId", "u-2"])]);
  expect(await ports.identities.find(["anonymousId:u-2" as IdentifierKey])).toEqual(new Map());
  expect(ports.counted.get("LinksRefused")).toBe(1);
});

test.each(["-".repeat(3_000), `a${" ".repeat(3_000)}`])(
  "an alias whose previousId is longer than any key, as it was sent, asks for no such key",
  async (previousId) => {
    const ports = makeMemoryFoldPorts();
    const asked: string[] = [];
    const identities = {
      ...ports.identities,
      find: (keys: readonly IdentifierKey[]) => {
        asked.push(...keys);
        return ports.identities.find(keys);
      },
    };
    await foldBatch({ ...ports, identities }, [alias(previousId, ["userId", "u-1"])]);
    expect(asked.filter((key) => key.length > 600)).toEqual([]);
  },
);
