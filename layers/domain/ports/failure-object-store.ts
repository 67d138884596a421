/** What Lambda gave up on: one object for each batch, holding the whole invocation record. */
export interface FailureObjectStore {
  /** Up to `limit` objects, oldest name first. */
  list(limit: number): Promise<string[]>;
  read(object: string): Promise<string>;
  remove(object: string): Promise<void>;
}
