import * as z from "zod";

/** What the queue of a channel carries: the touch itself is read when it is its turn. */
export const TouchMessage = z.object({ touchId: z.string() });
export type TouchMessage = z.infer<typeof TouchMessage>;
