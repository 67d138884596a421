import { existsSync } from "node:fs";
import path from "node:path";
import type { FunctionPlan } from "../template/deployment.ts";

const extensions = [".mjs", ".js", ".cjs"];

/** The file and the export that `index.handler` means in a function's asset; throws where there is no such file. */
export function findBundle({ name, folder, handler }: FunctionPlan): { file: string; exportName: string } {
  const dot = handler.lastIndexOf(".");
  const base = path.join(folder, handler.slice(0, dot));
  const file = extensions.map((extension) => base + extension).find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error(`${name}: no ${base}${extensions.join("|")}`);
  return { file, exportName: handler.slice(dot + 1) };
}
