import type { TouchView } from "#events/admin-api/touches.ts";
import { printable, spellInstant } from "../spell.ts";
import type { Terminal } from "../terminal.ts";
import { spellChoice } from "./spell-choice.ts";

/** One message of a person: what became of it, and why it took its channel. */
export function renderTouch(touch: TouchView, c: Terminal["outColours"]): string[] {
  const { state, reason, journey, path, template, channel, category, choice, arms, waitUntil } = touch;
  const colours = { sent: c.green, failed: c.red, stopped: c.red, waiting: c.yellow, unknown: c.yellow };
  const colour = state in colours ? colours[state as keyof typeof colours] : c.dim;
  const why = [reason, waitUntil === null ? null : `until ${spellInstant(waitUntil)}`].filter((one) => one !== null);
  const drawn = Object.entries(arms).map(([experiment, arm]) => `, ${experiment} ${arm}`);
  return [
    `${colour("✉")} ${c.bold(printable(template))} by ${printable(channel)}, ${category}: ${colour([state, ...why].map(printable).join(", "))}`,
    c.dim(`    ${printable(`${journey} ${path}${drawn.join("")}`)}, asked for at ${spellInstant(touch.requestedAt)}`),
    ...(choice ? [c.dim(`    ${spellChoice(channel, choice)}`)] : []),
  ];
}
