import { expect, test } from "vitest";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { scanTotals } from "../../../functions/admin/scan-totals.ts";
import { makeMemoryFoldPorts } from "../../support/fold-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";

test("a visitor whom a login claims while another worker begins them counts as one person", async () => {
  const ports = makeMemoryFoldPorts();
  const { claim } = ports.identities;
  const visit = anEvent("m1", { identifiers: [["anonymousId", "a"]] });
  const login = anEvent("m2", {
    identifiers: [
      ["userId", "u"],
      ["anonymousId", "a"],
    ],
  });
  let isFirst = true;
  const overtaken: typeof claim = async (key, id) => {
    if (isFirst) {
      isFirst = false;
      await foldBatch({ ...ports, identities: { ...ports.identities, claim } }, [login]);
    }
    return claim(key, id);
  };
  await foldBatch({ ...ports, identities: { ...ports.identities, claim: overtaken } }, [visit]);
  expect((await scanTotals({ profiles: ports.profiles, now: () => NOON })).people).toBe(1);
});
