import { DefinitionPage } from "#events/admin-api/definitions.ts";
import type { ApiClient } from "../api-client.ts";

/** Every definition of a kind that is in force, page by page. */
export async function listDefinitions(api: ApiClient, kind: string): Promise<DefinitionPage["items"]> {
  const items: DefinitionPage["items"] = [];
  let cursor: string | undefined;
  do {
    const page = await api.get(`/admin/v1/definitions/${kind}`, DefinitionPage, { query: { cursor } });
    items.push(...page.items);
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}
