import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import * as z from "zod";
import type { SecretPlan } from "../template/deployment.ts";
import { writeAtomically } from "../write-atomically.ts";

const Content = z.object({
  /** Secret ARN to value; and, by name, what the operator adds: a string, or an object that is handed out as JSON. */
  secrets: z.record(z.string(), z.unknown()).default({}),
  /** Source name to write key. */
  writeKeys: z.record(z.string(), z.string()).default({}),
});

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/**
 * `<data-dir>/secrets.json`, mode 0600: what was drawn once and must stay the same over restarts, and what the operator added.
 * It is read anew each time, so that a secret is there as soon as it is in the file.
 */
export class SecretFile {
  readonly #file: string;

  /** Throws where the file is there and is no such JSON. */
  constructor(file: string) {
    this.#file = file;
    this.#read();
  }

  /** Draws the value of a secret that has none. */
  provide({ arn, generatedLength }: SecretPlan): void {
    const content = this.#read();
    if (content.secrets[arn] !== undefined || generatedLength === undefined) return;
    content.secrets[arn] = Array.from({ length: generatedLength }, () => alphabet[randomInt(alphabet.length)]).join("");
    this.#save(content);
  }

  /** By ARN, or by the name at its end. */
  find(id: string): { arn: string; value: string } | undefined {
    const found = Object.entries(this.#read().secrets).find(([arn]) => arn === id || arn.endsWith(`:${id}`));
    if (!found) return undefined;
    const [arn, value] = found;
    return { arn, value: typeof value === "string" ? value : JSON.stringify(value) };
  }

  get writeKeys(): Readonly<Record<string, string>> {
    return this.#read().writeKeys;
  }

  keepWriteKey(source: string, writeKey: string): void {
    const content = this.#read();
    content.writeKeys[source] = writeKey;
    this.#save(content);
  }

  #read(): z.infer<typeof Content> {
    return Content.parse(readContent(this.#file));
  }

  #save(content: z.infer<typeof Content>): void {
    writeAtomically(this.#file, `${JSON.stringify(content, null, 2)}\n`);
  }
}

function readContent(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}
