import { stat } from "node:fs/promises";

/** Whether a word of the command line means a file or folder, and not the name of a definition: it looks like one, or is
 *  there. */
export async function isPath(what: string): Promise<boolean> {
  return /[/\\]|\.ya?ml$/.test(what) || (await stat(what).catch(() => undefined)) !== undefined;
}
