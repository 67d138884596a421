import { stringify } from "yaml";
import type { DefinitionDiff } from "#events/admin-api/definitions.ts";
import type { Terminal } from "../terminal.ts";
import { type DiffLine, diffLines } from "./line-diff.ts";

/** Lines of unchanged text shown around a change. */
const CONTEXT = 2;

/** What a change set does, for a reader: new definitions in green, removed ones in red, replaced ones line by line.
 *  @param where says in which file and line a definition is written. */
export function renderDiff(
  changes: readonly DefinitionDiff[],
  where: (change: DefinitionDiff) => string | undefined,
  colours: Terminal["outColours"],
): string[] {
  const lines: string[] = [];
  for (const change of changes) {
    if (change.op === "unchanged") continue;
    const place = where(change);
    const title = `${change.kind} ${colours.bold(change.name)}${place === undefined ? "" : colours.dim(`  ${place}`)}`;
    if (change.op === "create") lines.push(`${colours.green("+")} ${title}`);
    else if (change.op === "remove") lines.push(`${colours.red("-")} ${title}`);
    else lines.push(`${colours.yellow("~")} ${title}`);
    for (const { sign, text } of bodyOf(change)) {
      const line = `    ${sign} ${text}`;
      lines.push(sign === "+" ? colours.green(line) : sign === "-" ? colours.red(line) : colours.dim(line));
    }
  }
  return lines;
}

/** `3 new, 1 changed, 2 removed, 7 unchanged` */
export function summariseDiff(changes: readonly DefinitionDiff[]): string {
  const count = (op: DefinitionDiff["op"]): number => changes.filter((change) => change.op === op).length;
  const parts = [
    [count("create"), "new"],
    [count("replace"), "changed"],
    [count("remove"), "removed"],
    [count("unchanged"), "unchanged"],
  ] as const;
  return parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`)
    .join(", ");
}

function bodyOf(change: DefinitionDiff): DiffLine[] {
  if (change.op === "remove") return [];
  const lines = diffLines(yamlLines(change.before), yamlLines(change.after));
  const near = (index: number): boolean =>
    lines.slice(Math.max(index - CONTEXT, 0), index + CONTEXT + 1).some(({ sign }) => sign !== " ");
  return lines.filter((_, index) => near(index));
}

/** Keys in one order, so that only what was really changed differs. Kind and name are in the heading. */
function yamlLines(definition: unknown): string[] {
  if (typeof definition !== "object" || definition === null) return [];
  const { kind: _kind, name: _name, ...rest } = definition as Record<string, unknown>;
  if (Object.keys(rest).length === 0) return [];
  return stringify(rest, { sortMapEntries: true, lineWidth: 0 }).trimEnd().split("\n");
}
