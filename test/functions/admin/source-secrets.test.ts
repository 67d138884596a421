import { expect, test } from "vitest";
import { sourceSecret } from "#domain/outcomes/identity-proof.ts";
import { SourceSecret } from "#events/admin-api/source-secret.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { hashKey } from "../../support/collect-harness.ts";

const path = "/admin/v1/definitions/source/web/identity-secret";

test("a source's secret follows from its key, changes with it, and every reading is audited", async () => {
  const { call, ports } = makeAdminHarness();
  const made = await call("PUT", "/admin/v1/definitions/source/web", { body: { type: "web" } });
  const read = async () => SourceSecret.parse((await call("GET", path)).body).identitySecret;
  const first = await read();
  expect(first).toBe(sourceSecret(await ports.linkKey(), hashKey(String(made.body.writeKey))));
  expect(await read()).toBe(first);
  expect(ports.audit.entries().at(-1)).toMatchObject({ action: "source.read-identity-secret", outcome: "done" });
  expect(JSON.stringify(ports.audit.entries())).not.toContain(first);
  await call("POST", "/admin/v1/definitions/source/web/rotate-key");
  expect(await read()).not.toBe(first);
});

test("is for admins alone, and of sources that there are", async () => {
  const { call, tokenOf } = makeAdminHarness();
  expect((await call("GET", path)).body.code).toBe("definition_unknown");
  expect((await call("GET", path, { token: await tokenOf("operator") })).status).toBe(403);
});
