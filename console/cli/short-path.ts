import { relative } from "node:path";

/** Relative to the current folder where that is shorter: it is shown, and typed again. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short !== "" && short.length < path.length ? short : path;
}
