import { join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";

const root = join(import.meta.dirname, "../..");

/**
 * A bundle is one file, so the programs of threads lie within it as text: `thread-source.ts`, which names the program's
 * file, becomes one that holds the bundled program. `options` are those of the bundles themselves.
 */
export function embeddedThreads(options: BuildOptions): Plugin {
  return {
    name: "embedded-threads",
    setup(bundles) {
      bundles.onLoad({ filter: /\/layers\/aws\/templates\/thread-source\.ts$/ }, async () => {
        const { outputFiles } = await build({
          ...options,
          absWorkingDir: root,
          entryPoints: ["layers/aws/templates/render-thread.ts"],
          // What is evaluated as text runs as CommonJS.
          format: "cjs",
          write: false,
        });
        const program = outputFiles?.[0]?.text ?? "";
        return {
          contents: `export const threadSource = { program: ${JSON.stringify(program)}, eval: true };`,
          loader: "js",
        };
      });
    },
  };
}
