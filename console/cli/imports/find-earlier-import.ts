import { ImportPage, type ImportRequest, type ImportView } from "#events/admin-api/imports.ts";
import type { ApiClient } from "../api-client.ts";

/** The same file, under the same name, into the same place in the same way: the newest such import that has not failed. */
export async function findEarlierImport(api: ApiClient, asked: ImportRequest): Promise<ImportView | undefined> {
  const into = "tag" in asked.into ? `tag:${asked.into.tag}` : `segment:${asked.into.segment}`;
  const sameColumns = JSON.stringify(asked.columns);
  let cursor: string | undefined;
  do {
    const page = await api.get("/admin/v1/imports", ImportPage, { query: { cursor, limit: "50" } });
    const found = page.items.find(
      (item) =>
        item.sha256 === asked.sha256 &&
        item.name === asked.name &&
        item.into === into &&
        item.mode === asked.mode &&
        JSON.stringify(item.columns) === sameColumns &&
        item.status !== "failed" &&
        item.status !== "waiting",
    );
    if (found) return found;
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return undefined;
}
