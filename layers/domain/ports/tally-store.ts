/** Objects that a long job leaves for itself: what it has counted so far, and what is still to do. */
export interface TallyStore {
  /** Keeps a JSON value under a name (`retier/<run>/…`), replacing what was there. */
  write(name: string, value: unknown): Promise<void>;
  /** Throws where there is no object of this name. */
  read(name: string): Promise<unknown>;
}
