import * as z from "zod";
import { DefinitionPage } from "#events/admin-api/definitions.ts";
import { ProfileView } from "#events/admin-api/profile-view.ts";
import { Totals } from "#events/admin-api/totals.ts";
import type { ApiClient } from "../api-client.ts";
import { renderTotals } from "../commands/totals.ts";
import type { Connection } from "../connection.ts";
import { countOf, groupDigits, joinToWidth, padText, printable, spellAmount, spellDay, textWidth } from "../spell.ts";
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

/** What the demo shows at its end. */
export function renderSummary(summary: DemoSummary, connection: Connection, terminal: Terminal): string[] {
  const c = terminal.outColours;
  const lines = [...renderTotals(summary.totals, c), "", c.bold("Tags")];
  const keyWidth = Math.max(0, ...summary.tags.map(({ key }) => key.length));
  const titleWidth = Math.max(0, ...summary.tags.map(({ title }) => textWidth(printable(title))));
  for (const { key, title, count } of summary.tags) {
    const share = summary.totals.people === 0 ? 0 : count / summary.totals.people;
    const bar = "█".repeat(count === 0 ? 0 : Math.max(Math.round(share * BAR_WIDTH), 1));
    const row = `  ${padText(key, keyWidth)}  ${padText(printable(title), titleWidth)}  ${groupDigits(count).padStart(6)}`;
    lines.push(count === 0 ? c.dim(row) : `${row}  ${c.cyan(bar)}`);
  }
  lines.push("", c.bold("Three people"));
  for (const person of summary.examples) lines.push(...renderPerson(person, terminal));
  const local = connection.local !== undefined;
  lines.push(
    "",
    `  ${c.dim("API  ")}  ${c.cyan(`${connection.url}/admin/v1`)}  ${c.dim("documented at")} ${c.cyan(`${connection.url}/docs`)}`,
    `  ${c.dim("token")}  ${local ? `"adminToken" in ${connection.localJson}; write keys beside it` : "the one you gave"}`,
    `  ${c.dim("try  ")}  npm run strata -- --help`,
  );
  return lines;
}

function renderPerson(person: ProfileView, { outColours: c, columns }: Terminal): string[] {
  const [identifier] = person.identifiers;
  const who = identifier === undefined ? person.profileId : `${identifier.type}:${identifier.value}`;
  const about = [
    printable(person.traits.country?.value ?? "country unknown"),
    countOf(person.orders.count, "order"),
    spellAmount(person.orders.revenue),
    ...(person.refunds.count > 0 ? [countOf(person.refunds.count, "refund")] : []),
    `last order ${spellDay(person.orders.last)}`,
  ];
  const tags = person.memberships.map(({ key }) => printable(key.replace(/^tag:/, "")));
  return [
    `  ${c.bold(printable(who))}  ${about.join(", ")}`,
    ...joinToWidth(tags.length === 0 ? ["in no tag"] : tags, " · ", columns - 4).map((line) => `    ${c.green(line)}`),
    `    ${c.dim(`npm run strata -- profile ${printable(who)}`)}`,
  ];
}
