export const MAX_RULE_DEPTH = 32;
export const MAX_RULE_LEAVES = 1000;

export type RuleFault = { code: "rule_too_deep" | "rule_too_large"; message: string };

/** Measures a rule before anything recurses into it, so that a hostile one cannot exhaust the stack. A leaf is at depth
 *  1; each `all`, `any` or `not` around it adds one. */
export function checkRuleBounds(input: unknown): RuleFault | undefined {
  const waiting: { node: unknown; depth: number }[] = [{ node: input, depth: 1 }];
  let leaves = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, depth } = next;
    if (depth > MAX_RULE_DEPTH) return { code: "rule_too_deep", message: `deeper than ${MAX_RULE_DEPTH}` };
    const children = childrenOf(node);
    if (children.length === 0) leaves++;
    if (leaves + waiting.length > MAX_RULE_LEAVES) {
      return { code: "rule_too_large", message: `more than ${MAX_RULE_LEAVES} leaves` };
    }
    for (const child of children) waiting.push({ node: child, depth: depth + 1 });
  }
  return undefined;
}

function childrenOf(node: unknown): unknown[] {
  if (typeof node !== "object" || node === null) return [];
  const { all, any, not } = node as Record<string, unknown>;
  return [all, any].flatMap((list) => (Array.isArray(list) ? list : [])).concat(not === undefined ? [] : [not]);
}
