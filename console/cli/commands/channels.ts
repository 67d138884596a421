import { ChannelList, type ChannelView } from "#events/admin-api/channels.ts";
import { ExitCode } from "../cli-error.ts";
import { type Command, connect } from "../command.ts";
import { countOf, padText, printable, spellInstant, textWidth } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

/** Shows how the providers of every channel do: the rate of each, and whether its breaker lets anything through. */
export const channels: Command = {
  usage: "channels",
  summary: "Show every channel's providers: their rate, and whether they answer",
  options: [],
  examples: ["strata channels", "strata channels --json"],
  async run(_args, _options, context) {
    const { terminal } = context;
    const { api } = await connect(context);
    const { items } = await api.get("/admin/v1/channels", ChannelList);
    const widths = widthsOf(items);
    for (const item of items) printChannel(item, widths, terminal);
    if (items.length === 0) terminal.print("No channel is defined. The log and the inbox of the app work without.");
    terminal.printJson({ items });
    return ExitCode.ok;
  },
};

function widthsOf(items: readonly ChannelView[]) {
  const widest = (of: (item: ChannelView) => string) => Math.max(0, ...items.map((item) => textWidth(of(item))));
  return { channel: widest(({ channel }) => channel), name: widest(({ name }) => name), rate: widest(spellRate) };
}

function printChannel(item: ChannelView, widths: ReturnType<typeof widthsOf>, terminal: Terminal): void {
  const { channel, name, adapter } = item;
  const c = terminal.outColours;
  const what = `${padText(channel, widths.channel)}  ${c.bold(padText(printable(name), widths.name))}`;
  terminal.print(`${what}  ${padText(spellRate(item), widths.rate)}  ${spellState(item, terminal)}  ${c.dim(adapter)}`);
}

/** 100 ms from one to the next as `10 a second`. */
function spellRate({ intervalMs }: ChannelView): string {
  const units = [
    ["second", 1_000],
    ["minute", 60_000],
    ["hour", 3_600_000],
  ] as const;
  const [unit, ms] = units.find(([, length]) => length >= intervalMs) ?? units[2];
  return intervalMs === 0 ? "no limit" : `${Number((ms / intervalMs).toPrecision(3))} a ${unit}`;
}

function spellState({ breaker, nextAt }: ChannelView, { outColours: c }: Terminal): string {
  const { state, failures, restsUntil } = breaker;
  if (state === "open")
    return c.red(`does not answer, rests until ${restsUntil === null ? "–" : spellInstant(restsUntil)}`);
  if (state === "half-open") return c.yellow("is tried with one message");
  const told = failures === 0 ? "" : `, ${countOf(failures, "failure")} in a row`;
  return nextAt === null
    ? `${c.green("sends")}${told}`
    : `${c.green("sends")}, the next at ${spellInstant(nextAt)}${told}`;
}
