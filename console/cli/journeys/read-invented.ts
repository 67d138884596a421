import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { InventedPerson } from "#events/admin-api/simulation.ts";
import { CliError } from "../cli-error.ts";

/** Aliases beyond this are no person that anybody wrote. */
const MAX_ALIASES = 100;

/** Reads an invented person out of a YAML or JSON file. Throws CliError `profile_faulty` with every fault. */
export async function readInvented(file: string): Promise<InventedPerson> {
  const read = InventedPerson.safeParse(parseYaml(await readFile(file, "utf8"), file));
  if (read.success) return read.data;
  throw new CliError("profile_faulty", `${file} is no person that can be simulated.`, {
    lines: read.error.issues.slice(0, 10).map(({ path, message }) => `${path.join(".") || "(root)"}: ${message}`),
    hint: "It has identifiers, traits, consent, orders, events and memberships; see console/cli/README.md.",
  });
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text, { maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    const [line = ""] = String(cause instanceof Error ? cause.message : cause).split("\n");
    throw new CliError("profile_faulty", `${file} is not YAML: ${line}`);
  }
}
