/** They tell nothing of a message later: nobody will ask which touch they mean by their own id of it. */
export const SILENT_ADAPTERS: ReadonlySet<string> = new Set(["fcm", "jpush"]);
