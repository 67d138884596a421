import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import * as z from "zod";
import { type LocalServer, listenLocally } from "../local-server.ts";
import type { SecretFile } from "./secret-file.ts";

const target = "secretsmanager.";
const Request = z.object({ SecretId: z.string() });

/** Serves GetSecretValue and DescribeSecret of AWS Secrets Manager (JSON 1.1) from the secret file. */
export function serveSecrets(secrets: SecretFile): Promise<LocalServer> {
  return listenLocally(createServer((request, response) => void respond(secrets, request, response)));
}

async function respond(secrets: SecretFile, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
  };
  const refuse = (type: string, message: string) => send(400, { __type: type, message });
  try {
    const operation = String(request.headers["x-amz-target"]).replace(target, "");
    const { SecretId } = Request.parse(await json(request));
    const secret = secrets.find(SecretId);
    if (!secret) return refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    const description = { ARN: secret.arn, Name: secret.arn.split(":").at(-1) };
    if (operation === "DescribeSecret") return send(200, description);
    if (operation === "GetSecretValue")
      return send(200, { ...description, SecretString: secret.value, VersionId: "1" });
    refuse("UnknownOperationException", `${operation} is not available locally.`);
  } catch (error) {
    refuse("InvalidRequestException", String(error));
  }
}
