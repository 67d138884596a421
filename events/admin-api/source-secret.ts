import * as z from "zod";

/** What a source's own server signs its users' ids with. */
export const SourceSecret = z.object({ kind: z.literal("source"), name: z.string(), identitySecret: z.string() }).meta({
  id: "SourceSecret",
  example: { kind: "source", name: "web", identitySecret: "tq1mJm0a4n1vTn2i6dF1W0yQ9c7b5v3x1z8k6j4h2g0" },
});
