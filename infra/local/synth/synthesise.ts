import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { hashSources } from "./hash-sources.ts";

/** Assemblies of earlier sources that stay, for runtimes that still run from them. */
const keptAssemblies = 4;

/**
 * The cloud assembly of the app, synthesised anew only where its sources changed.
 *
 * @param root the repository's folder
 * @returns the assembly's folder, absolute
 * @throws Error with the CDK's output where the app does not synthesise
 */
export async function synthesise(
  root: string,
  context: Readonly<Record<string, string>>,
  onStart: () => void,
): Promise<string> {
  const parent = path.join(root, "cdk.out", "local");
  const folder = path.join(parent, hashSources(root, context));
  if (existsSync(folder)) return folder;
  onStart();
  mkdirSync(parent, { recursive: true });
  const unfinished = `${folder}.${process.pid}.tmp`;
  await runApp(root, unfinished, context);
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another runtime synthesised the same meanwhile.
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  removeOld(parent);
  return folder;
}

/** The app itself, as `cdk synth` runs it, without the second that the command line takes. */
async function runApp(root: string, outdir: string, context: Readonly<Record<string, string>>): Promise<void> {
  const app = spawn(process.execPath, [path.join(root, "infra/app.ts")], {
    cwd: root,
    env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [errors, [code]] = await Promise.all([text(app.stderr), once(app, "exit") as Promise<[number | null]>]);
  if (code === 0) return;
  rmSync(outdir, { recursive: true, force: true });
  throw new Error(`the CDK app failed:\n${errors}`);
}

function removeOld(parent: string): void {
  const newestFirst = readdirSync(parent)
    .map((name) => path.join(parent, name))
    .map((folder) => ({ folder, changedAt: statSync(folder).mtimeMs }))
    .sort((a, b) => b.changedAt - a.changedAt);
  for (const { folder } of newestFirst.slice(keptAssemblies)) rmSync(folder, { recursive: true, force: true });
}
