import { setTimeout as wait } from "node:timers/promises";

/** How an adapter waits before it asks again. A simulation passes its own, and no real time goes by. */
export type Sleep = (delayMs: number) => Promise<unknown>;

export const sleep: Sleep = (delayMs) => wait(delayMs);
