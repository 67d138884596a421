/** One definition as it is in force. `definition` is what its author wrote, parsed; a source's key is kept as a hash. */
export interface StoredDefinition {
  readonly kind: string;
  readonly name: string;
  /** The bundle version at which it last changed. */
  readonly version: number;
  readonly definition: unknown;
  /** Sources only: SHA-256 of the write key, hex. */
  readonly keyHash?: string;
}

/** All definitions in force, as one content-addressed object. */
export interface Bundle {
  readonly version: number;
  readonly definitions: readonly StoredDefinition[];
}
