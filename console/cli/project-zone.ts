import { DefinitionAnswer } from "#events/admin-api/definitions.ts";
import { type ApiClient, ApiError } from "./api-client.ts";
import { printable } from "./spell.ts";

/** The project's time zone: that of its setting, else UTC. */
export async function readZone(api: ApiClient): Promise<string> {
  const setting = await readDefinition(api, "setting", "project");
  return typeof setting?.timeZone === "string" ? setting.timeZone : "UTC";
}

/** What a definition says. Undefined where there is none of that name. */
export async function readDefinition(
  api: ApiClient,
  kind: string,
  name: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const path = `/admin/v1/definitions/${kind}/${encodeURIComponent(name)}`;
    const { definition } = await api.get(path, DefinitionAnswer);
    return typeof definition === "object" && definition !== null ? { ...definition } : undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** `Frequent buyer / 高频买家`; empty where it has no title. */
export function spellTitle(definition: Readonly<Record<string, unknown>> | undefined): string {
  const title = definition?.title;
  if (typeof title !== "object" || title === null) return "";
  return Object.values(title)
    .filter((text) => typeof text === "string")
    .map(printable)
    .join(" / ");
}

/** `3 March 2026, 00:00`, as the clocks of the zone say. */
export function spellMoment(instant: string, timeZone: string): string {
  const format = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat("en-GB", { ...format, hourCycle: "h23", timeZone })
    .format(new Date(instant))
    .replace(" at ", ", ");
}
