import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { AssetHashType, DockerImage } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { buildSync } from "esbuild";

const root = resolve(import.meta.dirname, "../..");

/** Libraries in CommonJS form call `require`, which an ES module does not have. */
const requireBanner =
  'import{createRequire as strataCreateRequire}from"node:module";const require=strataCreateRequire(import.meta.url);';

/**
 * Bundles one function and its libraries into a single small ES module, `index.mjs`.
 *
 * @param entry path of the entry file from the repository's root, e.g. `functions/fold/handler.ts`
 * @returns code for `handler: "index.handler"`; its hash is that of the output, so the same sources give the same asset
 */
export function bundleFunction(entry: string): Code {
  return buildLocally(entry, (outputDir) => {
    const entryPoint = join(root, entry);
    // TEMPORARY while the entries are being written: a stub answers 501.
    if (!existsSync(entryPoint)) {
      console.error(`stub for missing ${entry}`);
      writeFileSync(join(outputDir, "index.mjs"), "export const handler=async()=>({statusCode:501,body:''});");
      return;
    }
    buildSync({
      absWorkingDir: root,
      entryPoints: [entryPoint],
      outfile: join(outputDir, "index.mjs"),
      bundle: true,
      platform: "node",
      target: "node24",
      format: "esm",
      mainFields: ["module", "main"],
      minify: true,
      // Names in stack traces and in error names survive minifying where code reads them.
      keepNames: false,
      legalComments: "none",
      banner: { js: requireBanner },
      // See infra/decisions/0003-credentials-in-bundles.md.
      alias: { "@aws-sdk/credential-provider-node": join(import.meta.dirname, "lambda-credentials.ts") },
      logLevel: "error",
    });
  });
}

/**
 * Collects files into the folder of a Lambda layer.
 *
 * @param folder name of the folder in the layer: `/opt/<folder>` in a function
 * @param files paths from the repository's root; each keeps its name
 */
export function collectFiles(folder: string, files: readonly string[]): Code {
  return buildLocally(folder, (outputDir) => {
    mkdirSync(join(outputDir, folder));
    for (const file of files) copyFileSync(join(root, file), join(outputDir, folder, basename(file)));
  });
}

/** An asset built in this process. The image is demanded by the CDK and never used: there is no Docker in the build. */
function buildLocally(what: string, build: (outputDir: string) => void): Code {
  return Code.fromAsset(root, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry("not-used"),
      // The CDK caches built assets by their options; the command makes each of ours another.
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
