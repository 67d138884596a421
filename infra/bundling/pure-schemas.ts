import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";

/**
 * Lets esbuild drop the schemas of operations that nobody calls. The AWS SDK writes a schema's keys as names of constants,
 * `{ [_hH]: _xarc }`, and a computed key might run code, so esbuild keeps every one: 68 KB for S3 alone. With the constants'
 * values for keys the same objects are plainly pure.
 */
export const pureSchemas: Plugin = {
  name: "pure-schemas",
  setup(build) {
    build.onLoad({ filter: /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/[^/]+\.js$/ }, ({ path }) => ({
      contents: spellOutKeys(readFileSync(path, "utf8")),
      loader: "js",
    }));
  },
};

/** Puts the value of each `const _name = "value";` where it is used as a computed key. */
export function spellOutKeys(source: string): string {
  const constants = new Map<string, string>();
  for (const [, name, literal] of source.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm)) {
    if (name !== undefined && literal !== undefined) constants.set(name, literal);
  }
  return source.replaceAll(/\[(_\w+)\]:/g, (key, name: string) => {
    const literal = constants.get(name);
    return literal === undefined ? key : `${literal}:`;
  });
}
