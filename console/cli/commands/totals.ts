import { Totals } from "#events/admin-api/totals.ts";
import { ExitCode } from "../cli-error.ts";
import { type Command, connect } from "../command.ts";
import { groupDigits, printable, spellAmount, spellInstant } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

/** Adds everyone up. */
export const totals: Command = {
  usage: "totals",
  summary: "Add up people, orders, revenue, refunds and tags (an exact scan)",
  options: [],
  examples: ["strata totals", "strata totals --json | jq .revenue.amount"],
  async run(_args, _options, context) {
    const { api } = await connect(context);
    const answer = await api.get("/admin/v1/totals", Totals);
    const c = context.terminal.outColours;
    for (const line of renderTotals(answer, c)) context.terminal.print(line);
    const tags = Object.entries(answer.memberships).sort(([, a], [, b]) => b - a);
    if (tags.length > 0) context.terminal.print("");
    const width = Math.max(0, ...tags.map(([, count]) => groupDigits(count).length));
    for (const [key, count] of tags)
      context.terminal.print(`  ${groupDigits(count).padStart(width)}  ${printable(key)}`);
    context.terminal.print(c.dim(`\n  exact, as of ${spellInstant(answer.at)}`));
    context.terminal.printJson(answer);
    return ExitCode.ok;
  },
};

/** People, orders and refunds, one aligned line each. */
export function renderTotals(answer: Totals, c: Terminal["outColours"]): string[] {
  const rows = [
    ["people", groupDigits(answer.people), `${groupDigits(answer.buyers)} have ordered`],
    ["orders", groupDigits(answer.orders), spellAmount(answer.revenue)],
    ["refunds", groupDigits(answer.refunds.count), spellAmount(answer.refunds.amount)],
  ] as const;
  const width = Math.max(...rows.map(([, count]) => count.length));
  return rows.map(([name, count, more]) => `  ${c.dim(name.padEnd(8))} ${c.bold(count.padStart(width))}  ${more}`);
}
