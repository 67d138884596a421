/** What is known of an uploaded file. */
export interface UploadedFile {
  readonly bytes: number;
  /** Changes with the content. */
  readonly etag: string;
}

/** A piece of what an import keeps beside its file. */
export interface ImportPart {
  readonly name: string;
  readonly bytes: number;
}

/** Files that people upload, and what an import keeps beside each until it has ended. */
export interface ImportObjectStore {
  /** An address to which anybody who knows it may PUT the file, for that long. */
  offerUpload(importId: string, seconds: number): Promise<string>;
  /** Undefined where nothing was uploaded yet. */
  find(importId: string): Promise<UploadedFile | undefined>;
  /** At most `length` bytes of the file from `offset` on (below its size). Undefined where the file is no longer that
   *  one. */
  read(
    importId: string,
    file: UploadedFile,
    range: { readonly offset: number; readonly length: number },
  ): Promise<Uint8Array | undefined>;
  writePart(importId: string, name: string, bytes: Uint8Array): Promise<void>;
  readPart(importId: string, name: string): Promise<Uint8Array>;
  /** Joins parts into the list of refused rows, holding one at a time. */
  writeErrors(importId: string, parts: readonly ImportPart[]): Promise<void>;
  /** An address at which the list of refused rows can be read, for that long. */
  offerErrors(importId: string, seconds: number): Promise<string>;
}
