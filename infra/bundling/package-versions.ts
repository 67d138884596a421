import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";
import * as z from "zod";

const Package = z.object({ version: z.string() });

/** Each client imports its package.json for the version, which it names in requests; scripts and dependencies need not come along. */
export const packageVersions: Plugin = {
  name: "package-versions",
  setup(build) {
    build.onLoad({ filter: /@aws-sdk\/client-[^/]+\/package\.json$/ }, ({ path }) => ({
      contents: JSON.stringify(Package.parse(JSON.parse(readFileSync(path, "utf8")))),
      loader: "json",
    }));
  },
};
