/** They reach nobody else's machine: there is nothing to spare or to break. */
export const OWN_ADAPTERS: ReadonlySet<string> = new Set(["inapp", "log"]);
