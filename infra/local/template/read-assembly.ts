import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";

const Resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
});
const Output = z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() });
const Template = z.object({
  Resources: z.record(z.string(), Resource),
  Outputs: z.record(z.string(), Output).default({}),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown() })).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
});
const Assets = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string() }) })).default({}),
});

export interface Stack extends z.infer<typeof Template> {
  readonly name: string;
}

/** What `cdk synth` wrote: the stacks' templates and where each asset lies. */
export interface Assembly {
  readonly stacks: readonly Stack[];
  /** Asset hash to absolute path. */
  readonly assets: ReadonlyMap<string, string>;
}

const templateSuffix = ".template.json";
const assetsSuffix = ".assets.json";

/** Reads a cloud assembly's folder. Throws where a template has not the shape of one. */
export function readAssembly(folder: string): Assembly {
  const files = readdirSync(folder).sort();
  const read = (file: string): unknown => JSON.parse(readFileSync(path.join(folder, file), "utf8"));
  const stacks = files
    .filter((file) => file.endsWith(templateSuffix))
    .map((file) => ({ name: file.slice(0, -templateSuffix.length), ...Template.parse(read(file)) }));
  const assets = files
    .filter((file) => file.endsWith(assetsSuffix))
    .flatMap((file) => Object.entries(Assets.parse(read(file)).files))
    .map(([hash, { source }]) => [hash, path.join(folder, source.path)] as const);
  return { stacks, assets: new Map(assets) };
}
