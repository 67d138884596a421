import type { Bundle } from "#domain/definitions/bundle.ts";
import type { RunPorts } from "./ports.ts";
import type { Run } from "./run.ts";

/** The very definitions of a run: every slice asks the same questions, whatever came into force meanwhile. */
export async function readBundle({ bundles }: Pick<RunPorts, "bundles">, { bundleVersion }: Run): Promise<Bundle> {
  const bundle = await bundles.at(bundleVersion);
  if (!bundle) throw new Error(`there is no version ${bundleVersion} of the definitions`);
  return bundle;
}
