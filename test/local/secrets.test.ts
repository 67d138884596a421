import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SecretFile } from "../../infra/local/emulators/secret-file.ts";
import { serveSecrets } from "../../infra/local/emulators/secrets-manager.ts";
import type { LocalServer } from "../../infra/local/local-server.ts";

const linkKey = { arn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:Data-LinkKey", name: "LinkKey" };

describe("secrets", () => {
  let folder: string;
  let file: string;
  let server: LocalServer;
  let client: SecretsManagerClient;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "strata-secrets-"));
    file = join(folder, "secrets.json");
    server = await serveSecrets(new SecretFile(file));
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    client = new SecretsManagerClient({ region: "us-east-1", endpoint: server.url, credentials, maxAttempts: 1 });
  });
  afterEach(async () => {
    client.destroy();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const read = async (id: string) => (await client.send(new GetSecretValueCommand({ SecretId: id }))).SecretString;
  const edit = (change: (content: { secrets: Record<string, unknown> }) => void) => {
    const content = JSON.parse(readFileSync(file, "utf8"));
    change(content);
    writeFileSync(file, JSON.stringify(content));
  };

  test("that the template wants are drawn once, for the owner alone", async () => {
    new SecretFile(file).provide({ ...linkKey, generatedLength: 43 });
    const drawn = await read(linkKey.arn);
    expect(drawn).toMatch(/^[A-Za-z0-9]{43}$/);
    new SecretFile(file).provide({ ...linkKey, generatedLength: 43 });
    expect(await read(linkKey.arn)).toBe(drawn);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("that the operator adds while the runtime runs are there at once, by name, and stay", async () => {
    const secrets = new SecretFile(file);
    secrets.provide({ ...linkKey, generatedLength: 43 });
    edit(({ secrets: all }) => {
      all["strata/smtp"] = "a password";
      all["strata/fcm"] = { client_email: "a@b.example" };
    });
    expect(await read("strata/smtp")).toBe("a password");
    expect(await read("strata/fcm")).toBe('{"client_email":"a@b.example"}');

    secrets.keepWriteKey("web", "wk_1");
    expect(await read("strata/smtp")).toBe("a password");
    expect(secrets.writeKeys).toEqual({ web: "wk_1" });
  });

  test("that there are not are said not to be there", async () => {
    await expect(read("strata/nothing")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});
