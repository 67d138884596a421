import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import * as z from "zod";
import type { SecretPlan } from "../template/deployment.ts";
import { writeAtomically } from "../write-atomically.ts";

const Content = z.object({
  /** Secret ARN to value. */
  secrets: z.record(z.string(), z.string()).default({}),
  /** Source name to write key. */
  writeKeys: z.record(z.string(), z.string()).default({}),
});

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** `<data-dir>/secrets.json`, mode 0600: what was drawn once and must stay the same over restarts. */
export class SecretFile {
  readonly #file: string;
  readonly #content: z.infer<typeof Content>;

  constructor(file: string) {
    this.#file = file;
    this.#content = Content.parse(readContent(file));
  }

  /** Draws the value of a secret that has none. */
  provide({ arn, generatedLength }: SecretPlan): void {
    if (this.#content.secrets[arn] !== undefined || generatedLength === undefined) return;
    this.#content.secrets[arn] = Array.from(
      { length: generatedLength },
      () => alphabet[randomInt(alphabet.length)],
    ).join("");
    this.#save();
  }

  /** By ARN, or by the name at its end. */
  find(id: string): { arn: string; value: string } | undefined {
    const found = Object.entries(this.#content.secrets).find(([arn]) => arn === id || arn.endsWith(`:${id}`));
    return found && { arn: found[0], value: found[1] };
  }

  get writeKeys(): Readonly<Record<string, string>> {
    return this.#content.writeKeys;
  }

  keepWriteKey(source: string, writeKey: string): void {
    this.#content.writeKeys[source] = writeKey;
    this.#save();
  }

  #save(): void {
    writeAtomically(this.#file, `${JSON.stringify(this.#content, null, 2)}\n`);
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
