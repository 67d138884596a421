import type { SecretFile } from "./emulators/secret-file.ts";

/** One source of each type, named like it, so that whatever a newcomer wants to try has a write key. */
export const sourceTypes = [
  "web",
  "android",
  "ios",
  "mini-program",
  "official-account",
  "server",
  "crm",
  "store",
  "import",
] as const;

/**
 * Creates the sources that have no write key yet, through the admin API. A key is shown once, when its source is
 * created, so it is kept in the secret file; a source whose key was lost with a killed runtime is created anew.
 */
export async function provideSources(url: string, adminToken: string, secrets: SecretFile): Promise<void> {
  for (const type of sourceTypes) {
    if (secrets.writeKeys[type] !== undefined) continue;
    const source = `${url}/admin/v1/definitions/source/${type}`;
    const authorization = `Bearer ${adminToken}`;
    const existing = await fetch(source, { headers: { authorization } });
    if (existing.ok) await expectOk(await fetch(source, { method: "DELETE", headers: { authorization } }), source);
    const created = await fetch(source, {
      method: "PUT",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ kind: "source", name: type, type }),
    });
    const { writeKey } = (await expectOk(created, source)) as { writeKey?: unknown };
    if (typeof writeKey !== "string") throw new Error(`PUT ${source} answered without a write key`);
    secrets.keepWriteKey(type, writeKey);
  }
}

async function expectOk(response: Response, url: string): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text === "" ? {} : JSON.parse(text);
}
