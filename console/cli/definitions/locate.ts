import { type Document, isMap, isNode, isScalar, isSeq, type LineCounter, type Node } from "yaml";

/** The line on which `path` (`rule.all[0].did.within`) is written in the document, or the nearest part around it that is
 *  written. Counts from 1. */
export function locate(document: Document.Parsed, lines: LineCounter, path: string): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? startOf(node) : document.range[0];
  for (const step of splitPath(path)) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
      if (pair === undefined) break;
      if (isNode(pair.key)) offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (!isNode(node)) break;
      offset = startOf(node) ?? offset;
    } else break;
  }
  return lines.linePos(offset ?? 0).line;
}

function startOf(node: Node): number | undefined {
  return node.range?.[0];
}

/** `rule.all[0]["odd key"].did` in steps. */
function splitPath(path: string): string[] {
  return [...path.matchAll(/\[("(?:[^"\\]|\\.)*")\]|[^.[\]]+/g)].map(([step, quoted]) =>
    quoted === undefined ? step : String(JSON.parse(quoted)),
  );
}
