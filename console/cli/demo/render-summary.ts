import * as z from "zod";
import { DefinitionPage } from "#events/admin-api/definitions.ts";
import { ProfileView } from "#events/admin-api/profile-view.ts";
import { Totals } from "#events/admin-api/totals.ts";
import type { ApiClient } from "../api-client.ts";
import { renderTotals } from "../commands/totals.ts";
import type { Connection } from "../connection.ts";
import { groupDigits, padText, printable, spellAmount, spellDay } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

const Titled = z.object({ title: z.object({ en: z.string().optional() }).optional() });
const BAR_WIDTH = 20;

export interface DemoSummary {
  readonly totals: Totals;
  readonly tags: readonly { readonly key: string; readonly title: string; readonly count: number }[];
  readonly examples: readonly ProfileView[];
}

/** Asks for everything that the demo shows at its end. */
export async function readSummary(api: ApiClient, examples: readonly string[]): Promise<DemoSummary> {
  const [totals, { items }, profiles] = await Promise.all([
    api.get("/admin/v1/totals", Totals),
    api.get("/admin/v1/definitions/tag", DefinitionPage),
    Promise.all(
      examples.map((userId) =>
        api.get("/admin/v1/profiles", ProfileView, { query: { identifier: `userId:${userId}` } }),
      ),
    ),
  ]);
  const tags = items.map(({ name, definition }) => ({
    key: `tag:${name}`,
    title: Titled.safeParse(definition).data?.title?.en ?? name,
    count: totals.memberships[`tag:${name}`] ?? 0,
  }));
  return { totals, tags: tags.toSorted((a, b) => b.count - a.count), examples: profiles };
}

export function renderSummary(summary: DemoSummary, connection: Connection, c: Terminal["outColours"]): string[] {
  const lines = [...renderTotals(summary.totals, c), "", c.bold("Tags")];
  const keyWidth = Math.max(...summary.tags.map(({ key }) => key.length));
  const titleWidth = Math.max(...summary.tags.map(({ title }) => title.length));
  for (const { key, title, count } of summary.tags) {
    const share = summary.totals.people === 0 ? 0 : count / summary.totals.people;
    const bar = "█".repeat(count === 0 ? 0 : Math.max(Math.round(share * BAR_WIDTH), 1));
    const row = `  ${padText(key, keyWidth)}  ${padText(printable(title), titleWidth)}  ${groupDigits(count).padStart(6)}`;
    lines.push(count === 0 ? c.dim(row) : `${row}  ${c.cyan(bar)}`);
  }
  lines.push("", c.bold("Three people"));
  for (const person of summary.examples) lines.push(...renderPerson(person, c));
  const local = connection.local !== undefined;
  lines.push(
    "",
    `  ${c.dim("API  ")}  ${c.cyan(`${connection.url}/admin/v1`)}  ${c.dim("documented at")} ${c.cyan(`${connection.url}/docs`)}`,
    `  ${c.dim("token")}  ${local ? `"adminToken" in ${connection.localJson}; write keys beside it` : "the one you gave"}`,
    `  ${c.dim("try  ")}  npm run strata -- --help`,
  );
  return lines;
}

function renderPerson(person: ProfileView, c: Terminal["outColours"]): string[] {
  const [identifier] = person.identifiers;
  const who = identifier === undefined ? person.profileId : `${identifier.type}:${identifier.value}`;
  const about = [
    printable(person.traits.country?.value ?? "country unknown"),
    `${groupDigits(person.orders.count)} orders`,
    spellAmount(person.orders.revenue),
    ...(person.refunds.count > 0 ? [`${groupDigits(person.refunds.count)} refunds`] : []),
    `last order ${spellDay(person.orders.last)}`,
  ];
  const tags = person.memberships.map(({ key }) => printable(key.replace(/^tag:/, "")));
  return [
    `  ${c.bold(printable(who))}  ${about.join(", ")}`,
    `    ${tags.length === 0 ? c.dim("no tags") : c.green(tags.join(" · "))}`,
    `    ${c.dim(`npm run strata -- profile ${printable(who)}`)}`,
  ];
}
