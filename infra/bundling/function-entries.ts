/** The entry file of each function, from the repository's root. They are bundled together, which parses the libraries once. */
export const functionEntries = [
  "functions/admin/handler.ts",
  "functions/collect/handler.ts",
  "functions/decide/handler.ts",
  "functions/fold/handler.ts",
  "functions/fold/refold.ts",
  "functions/import/handler.ts",
  "functions/index/handler.ts",
  "functions/outcome/handler.ts",
  "functions/outcome/http.ts",
  "functions/retier/plan.ts",
  "functions/retier/slice.ts",
  "functions/send/handler.ts",
  "functions/wake/due.ts",
  "functions/wake/handler.ts",
] as const;

export type FunctionEntry = (typeof functionEntries)[number];

/** Where an entry's bundle lies below the folder of bundles. */
export function bundlePath(entry: FunctionEntry): string {
  return entry.replace(/\.ts$/, ".mjs");
}
