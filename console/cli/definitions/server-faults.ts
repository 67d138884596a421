import * as z from "zod";
import type { Fault, WrittenDefinition } from "./parse-file.ts";

const Details = z.object({
  faults: z.array(
    z.object({
      kind: z.string().optional(),
      name: z.string().optional(),
      /** `tag/frequent-buyer` */
      definition: z.string().optional(),
      path: z.string().default(""),
      code: z.string().optional(),
      message: z.string(),
    }),
  ),
});

/** The faults that a refused change set lists, each with the file and line that it is about: without a place where that
 *  definition is not in the folder. Empty where the answer lists none. */
export function readServerFaults(details: unknown, written: readonly WrittenDefinition[]): Fault[] {
  const parsed = Details.safeParse(details);
  if (!parsed.success) return [];
  return parsed.data.faults.map(({ path, message, code, ...about }): Fault => {
    const id = about.definition ?? (about.kind === undefined ? undefined : `${about.kind}/${about.name ?? ""}`);
    const found = written.find(({ kind, name }) => `${kind}/${name}` === id);
    return {
      ...(found && { file: found.file, line: found.lineOf(path) }),
      path: [id, path].filter((part) => part !== undefined && part !== "").join(" "),
      message,
      ...(code !== undefined && { code }),
    };
  });
}
