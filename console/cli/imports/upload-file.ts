import { createReadStream } from "node:fs";
import { request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { pipeline } from "node:stream/promises";
import { CliError } from "../cli-error.ts";

const ATTEMPTS = 3;

/** PUTs a file to a signed address, in little memory. Not by `fetch`: S3 wants the length beforehand, and of a stream
 *  `fetch` does not say it. Throws CliError `upload_failed`. */
export async function uploadFile(
  path: string,
  bytes: number,
  url: string,
  onProgress: (sentBytes: number) => void,
): Promise<void> {
  let failure: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const { status, text } = await put(path, bytes, url, onProgress);
      if (status >= 200 && status < 300) return;
      failure = new Error(`it answered ${status}: ${text.slice(0, 300)}`);
      if (status < 500) break;
    } catch (error) {
      failure = error;
    }
  }
  const reason = failure instanceof Error ? failure.message : String(failure);
  throw new CliError("upload_failed", `Cannot upload ${path}: ${reason}`, { cause: failure });
}

async function put(path: string, bytes: number, url: string, onProgress: (sentBytes: number) => void) {
  const send = new URL(url).protocol === "https:" ? requestSecure : requestPlain;
  const sending = send(url, { method: "PUT", headers: { "content-length": bytes } });
  const answer = new Promise<{ status: number; text: string }>((resolve, reject) => {
    sending.once("error", reject);
    sending.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.once("error", reject);
    });
  });
  // A refusal may come, and the connection end, before all is sent: then the answer says more than the broken pipe.
  answer.catch(() => {});
  const file = createReadStream(path);
  let sent = 0;
  file.on("data", (chunk) => {
    sent += chunk.length;
    onProgress(sent);
  });
  await pipeline(file, sending).catch(() => {});
  return answer;
}
