/**
 * `node infra/bundling/bundle-functions.ts <folder>`: bundles each function and its libraries into one small ES module.
 * A program of its own because the CDK bundles synchronously and esbuild's plugins are not.
 */
import { join, resolve } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { embeddedThreads } from "./embedded-threads.ts";
import { functionEntries } from "./function-entries.ts";
import { packageVersions } from "./package-versions.ts";
import { pureSchemas } from "./pure-schemas.ts";
import { withoutProtobuf } from "./without-protobuf.ts";

const root = resolve(import.meta.dirname, "../..");
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: bundle-functions.ts <folder>");

/** What every bundle is built by, the programs of threads within them too. */
const options: BuildOptions = {
  bundle: true,
  platform: "node",
  target: "node24",
  // A library's ES modules can be shaken, its CommonJS cannot.
  mainFields: ["module", "main"],
  minify: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
};

await build({
  ...options,
  absWorkingDir: root,
  entryPoints: [...functionEntries],
  outbase: root,
  outdir: folder,
  outExtension: { ".js": ".mjs" },
  format: "esm",
  // Libraries in CommonJS form call `require`, which an ES module does not have.
  banner: {
    js: 'import{createRequire as strataCreateRequire}from"node:module";const require=strataCreateRequire(import.meta.url);',
  },
  // See infra/decisions/0003-credentials-in-bundles.md.
  alias: {
    "@aws-sdk/credential-provider-node": join(import.meta.dirname, "lambda-credentials.ts"),
    "@aws-sdk/endpoint-cache": join(import.meta.dirname, "no-endpoint-cache.ts"),
    "@smithy/core/event-streams": join(import.meta.dirname, "no-event-streams.ts"),
  },
  plugins: [packageVersions, pureSchemas, withoutProtobuf, embeddedThreads(options)],
});
