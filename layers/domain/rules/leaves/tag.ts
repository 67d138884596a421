import type { CompileLeaf } from "../leaf.ts";
import { holdsIn, NEVER } from "../verdict.ts";

/** Another tag, as it was answered for the same instant: tags are judged after those that their rules name. */
export const compileTag: CompileLeaf<string> = (name) => ({
  judge: ({ tags }) => tags.get(name) ?? NEVER,
  seen: ({ tags }) => holdsIn(tags.get(name) ?? NEVER),
});
