/** How long to wait before a delivery's nth retry, in ms: doubles from 100 ms to 5 s, so that ten take about half a minute. */
export const backOffMs = (attempt: number): number => Math.min(5_000, 100 * 2 ** (attempt - 1));
