import { beforeEach, describe, expect, test } from "vitest";
import { makeAdminHarness } from "../../support/admin-harness.ts";

const SMTP = { channel: "email", adapter: "smtp", secret: "strata/smtp" };
const options = (host: string) => ({ host, from: "shop@example.com" });
const OURS = { ...SMTP, options: options("smtp.example.com") };
const THEIRS = { ...SMTP, options: options("collector.example.net") };

describe("where a channel shows its secret is for admins to say", () => {
  let harness: ReturnType<typeof makeAdminHarness>;
  let token: string;
  beforeEach(async () => {
    harness = makeAdminHarness();
    token = await harness.tokenOf("operator");
    await harness.define({ kind: "channel", name: "mail", ...OURS } as never);
  });
  const put = (name: string, body: object, version?: number) =>
    harness.call("PUT", `/admin/v1/definitions/channel/${name}`, {
      token,
      body,
      headers: version === undefined ? {} : { "if-match": `"${version}"` },
    });
  const apply = (dryRun: boolean, ...changes: object[]) =>
    harness.call("POST", "/admin/v1/definitions/apply", { token, body: { dryRun, changes } });

  test.each([true, false])("an operator can neither make one nor lead one elsewhere, dry run: %s", async (dryRun) => {
    const before = await harness.ports.definitions.current();
    for (const name of ["mail", "another"]) {
      const refused = await apply(dryRun, { op: "put", kind: "channel", name, definition: THEIRS });
      expect(refused).toMatchObject({ status: 403, body: { code: "role_too_weak" } });
    }
    expect((await put("another", THEIRS)).status).toBe(403);
    expect((await put("mail", THEIRS, before.version)).status).toBe(403);
    expect(await harness.ports.definitions.current()).toEqual(before);
  });

  test("nor bring an earlier one back", async () => {
    await harness.define({ kind: "channel", name: "mail", ...THEIRS } as never);
    for (const dryRun of [true, false]) {
      const body = { version: 1, dryRun };
      const rolled = await harness.call("POST", "/admin/v1/definitions/rollback", { token, body });
      expect(rolled).toMatchObject({ status: 403, body: { code: "role_too_weak" } });
    }
  });

  test("but one that names no secret is theirs, and so is all else beside one that stays as it is", async () => {
    expect((await put("notes", { channel: "log", adapter: "log" })).status).toBe(201);
    const same = { op: "put", kind: "channel", name: "mail", definition: OURS };
    const tag = { op: "put", kind: "tag", name: "vip", definition: {} };
    expect((await apply(false, same, tag)).status).toBe(200);
    expect((await harness.call("DELETE", "/admin/v1/definitions/channel/mail", { token })).status).toBeLessThan(300);
  });
});
