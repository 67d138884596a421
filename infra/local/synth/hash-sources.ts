import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** What the template and the bundles are made of. infra/local and the decisions only run and explain them. */
const sources = ["infra", "functions", "layers", "events", "package-lock.json", "tsconfig.json", "cdk.json"];
const withoutEffect = [path.join("infra", "local"), path.join("infra", "decisions")];

/** A hash over every source file and the context: the same hash, the same assembly. */
export function hashSources(root: string, context: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256").update(JSON.stringify(context));
  for (const file of sources.flatMap((source) => listFiles(root, source))) {
    const content = readFileSync(path.join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}

function listFiles(root: string, relative: string): string[] {
  if (withoutEffect.includes(relative)) return [];
  const stat = statSync(path.join(root, relative), { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isFile()) return [relative];
  return readdirSync(path.join(root, relative))
    .sort()
    .flatMap((name) => listFiles(root, path.join(relative, name)));
}
