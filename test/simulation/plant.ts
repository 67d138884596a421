import { registerHooks } from "node:module";
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { PlantedBug } from "./planted/planted-bug.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Plants a bug in this thread: the sources that it patches are changed as they are loaded, so that the product itself
 *  needs no switches. Throws where the text to replace is not there exactly once, when that file is loaded. */
export function plant({ name, patches }: PlantedBug): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.startsWith("file:")) return loaded;
      const file = relative(ROOT, fileURLToPath(url)).split(sep).join("/");
      const own = patches.filter((patch) => patch.file === file);
      if (own.length === 0) return loaded;
      const text = Buffer.from(loaded.source as Uint8Array).toString("utf8");
      const source = own.reduce((before, patch) => replaceOnce(name, before, patch), text);
      return { ...loaded, source };
    },
  });
}

/** Replaces a text that must be there exactly once. */
export function replaceOnce(
  name: string,
  text: string,
  { file, find, replace }: PlantedBug["patches"][number],
): string {
  const parts = text.split(find);
  if (parts.length !== 2) {
    throw new Error(`planted bug "${name}": its text is ${parts.length - 1} times in ${file}, and must be there once`);
  }
  return parts.join(replace);
}
