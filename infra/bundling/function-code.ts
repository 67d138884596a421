import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { AssetHashType, DockerImage } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { bundlePath, type FunctionEntry } from "./function-entries.ts";

const root = resolve(import.meta.dirname, "../..");

/**
 * The code of one function: `index.mjs`, handler `index.handler`. Its hash is that of the output, so the same sources
 * give the same asset.
 */
export function bundleFunction(entry: FunctionEntry): Code {
  return buildHere(entry, (outputDir) => {
    copyFileSync(join(bundleFunctions(), bundlePath(entry)), join(outputDir, "index.mjs"));
  });
}

let bundles: string | undefined;

/** Bundles all functions, once a process; answers the folder, which goes with the process. */
function bundleFunctions(): string {
  if (bundles !== undefined) return bundles;
  const folder = mkdtempSync(join(tmpdir(), "strata-bundles-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const bundler = join(import.meta.dirname, "bundle-functions.ts");
  const { status } = spawnSync(process.execPath, [bundler, folder], { stdio: "inherit" });
  if (status !== 0) throw new Error("the functions could not be bundled");
  bundles = folder;
  return folder;
}

/**
 * Collects files into the folder of a Lambda layer.
 *
 * @param folder name of the folder in the layer: `/opt/<folder>` in a function
 * @param files paths from the repository's root; each keeps its name
 */
export function collectFiles(folder: string, files: readonly string[]): Code {
  return buildHere(folder, (outputDir) => {
    mkdirSync(join(outputDir, folder));
    for (const file of files) copyFileSync(join(root, file), join(outputDir, folder, basename(file)));
  });
}

/** An asset built on this machine. The image is demanded by the CDK and never used: there is no Docker in the build. */
function buildHere(what: string, build: (outputDir: string) => void): Code {
  return Code.fromAsset(root, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry("not-used"),
      // The CDK caches built assets by their options; the command tells ours apart.
      command: [what],
      local: {
        tryBundle: (outputDir) => {
          build(outputDir);
          return true;
        },
      },
    },
  });
}
