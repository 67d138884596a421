import { createHash } from "node:crypto";
import type { ImportObjectStore } from "#domain/ports/import-object-store.ts";

/** Files of imports in memory. `upload` is what a PUT to the address would do; `generate` gives a file that is made as it
 *  is read, so that its size costs no memory. */
export function makeMemoryImportObjectStore() {
  const objects = new Map<string, Uint8Array>();
  const generated = new Map<string, { bytes: number; read: (offset: number, length: number) => Uint8Array }>();
  const etagOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  const find = (importId: string) => {
    const made = generated.get(importId);
    if (made) return { bytes: made.bytes, etag: "generated" };
    const file = objects.get(`${importId}/file`);
    return file && { bytes: file.length, etag: etagOf(file) };
  };
  const store: ImportObjectStore = {
    offerUpload: async (importId) => `memory:${importId}/file`,
    find: async (importId) => find(importId),
    read: async (importId, { etag }, { offset, length }) => {
      if (find(importId)?.etag !== etag) return undefined;
      const made = generated.get(importId);
      return made ? made.read(offset, length) : objects.get(`${importId}/file`)?.subarray(offset, offset + length);
    },
    writePart: async (importId, name, bytes) => {
      objects.set(`${importId}/${name}`, Uint8Array.from(bytes));
    },
    readPart: async (importId, name) => {
      const part = objects.get(`${importId}/${name}`);
      if (!part) throw new Error(`there is no part ${name}`);
      return part;
    },
    writeErrors: async (importId, parts) => {
      const read = parts.map(({ name, bytes }) => {
        const part = objects.get(`${importId}/${name}`);
        if (part?.length !== bytes) throw new Error(`the part ${name} is not as long as it was said to be`);
        return part;
      });
      objects.set(`${importId}/errors`, Buffer.concat(read));
    },
    offerErrors: async (importId) => `memory:${importId}/errors`,
  };
  return {
    ...store,
    upload: (importId: string, file: string | Uint8Array) =>
      void objects.set(`${importId}/file`, typeof file === "string" ? Buffer.from(file) : file),
    generate: (importId: string, file: { bytes: number; read: (offset: number, length: number) => Uint8Array }) =>
      void generated.set(importId, file),
    /** The list of refused rows, as it would be downloaded. */
    errors: (importId: string) =>
      Buffer.from(objects.get(`${importId}/errors`) ?? "")
        .toString()
        .split("\n")
        .filter((line) => line !== "")
        .map((line): unknown => JSON.parse(line)),
  };
}
