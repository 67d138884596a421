/** A store could not do its work now; the same call may succeed later. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
  readonly code: "store_throttled" | "store_unavailable";
  readonly store: string;
  readonly retriable = true;

  constructor(code: "store_throttled" | "store_unavailable", store: string, options?: ErrorOptions) {
    super(`${store}: ${code}`, options);
    this.code = code;
    this.store = store;
  }
}

/** Whether an error says of itself that the same call may succeed later. */
export function isRetriable(error: unknown): boolean {
  return error instanceof Error && "retriable" in error && error.retriable === true;
}
