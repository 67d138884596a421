import { isBuiltin } from "node:module";
import { computed, type Import, type SourceFile } from "./source-file.ts";

interface Zone {
  readonly name: string;
  readonly folder: string;
  /** Zones whose files this one may import. */
  readonly mayImport: readonly string[];
  /** Zones that it may name in types only. */
  readonly mayImportTypesOf?: readonly string[];
  /** Packages that it may not import; `node:` modules unless listed in `builtins`. */
  readonly forbiddenPackages?: RegExp;
  /** It may import what is computed when it runs, which cannot be checked. */
  readonly mayCompute?: true;
  /** The only Node modules that it may import; without it, all. */
  readonly builtins?: readonly string[];
}

const cloud = /^(@aws-sdk|@smithy|@middy|@aws-lambda-powertools)\//;
/** Pure functions of their arguments, though Node provides them. */
const pureBuiltins = ["node:crypto", "node:zlib"];
const deployment = /^(aws-cdk-lib|constructs|cdk-nag)(\/|$)/;

/** The tree of architecture, "Direction of imports". The first zone whose folder a file is in is its zone. */
const zones: readonly Zone[] = [
  { name: "events", folder: "events/", mayImport: ["events"], forbiddenPackages: cloud, builtins: pureBuiltins },
  {
    name: "domain",
    folder: "layers/domain/",
    mayImport: ["domain", "events"],
    forbiddenPackages: cloud,
    builtins: pureBuiltins,
  },
  { name: "config", folder: "layers/aws/config.ts", mayImport: [] },
  {
    name: "aws",
    folder: "layers/aws/",
    mayImport: ["aws", "config", "domain", "events"],
    forbiddenPackages: deployment,
  },
  {
    name: "functions",
    folder: "functions/",
    mayImport: ["functions", "aws", "config", "domain", "events"],
    forbiddenPackages: deployment,
  },
  // Reads the synthesised template and imports the bundles that it names; what runs locally is what deploys.
  { name: "local", folder: "infra/local/", mayImport: ["local"], mayCompute: true, forbiddenPackages: deployment },
  { name: "infra", folder: "infra/", mayImport: ["infra"], mayImportTypesOf: ["config"] },
  // Speaks HTTP only.
  { name: "console", folder: "console/", mayImport: ["console", "events", "package.json"], forbiddenPackages: cloud },
];

/** Says of each broken rule which file breaks it and how. Files outside the zones (tests, root) are free. */
export function findViolations(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const zone = zoneOf(file.path);
    if (zone === undefined) return [];
    return [
      ...file.imports.flatMap((each) => (isAllowed(zone, each) ? [] : [`${file.path} imports ${each.specifier}`])),
      ...findGlobalUses(file, zone),
    ];
  });
}

/** How many of the files are in each zone: a check that read none proves nothing. */
export function countByZone(files: readonly SourceFile[]): Record<string, number> {
  return Object.fromEntries(
    zones.map(({ name }) => [name, files.filter((file) => zoneOf(file.path)?.name === name).length]),
  );
}

function zoneOf(path: string): Zone | undefined {
  return zones.find(({ folder }) => path.startsWith(folder));
}

function isAllowed(zone: Zone, { own, target, typeOnly }: Import): boolean {
  if (own) {
    const name = zoneOf(target)?.name ?? target;
    return zone.mayImport.includes(name) || (typeOnly && (zone.mayImportTypesOf ?? []).includes(name));
  }
  if (target === computed) return zone.mayCompute === true;
  if (isBuiltin(target)) return zone.builtins === undefined || zone.builtins.includes(target);
  return zone.forbiddenPackages === undefined || !zone.forbiddenPackages.test(target);
}

function findGlobalUses(file: SourceFile, zone: Zone): string[] {
  const readsEnvironment = ["events", "domain", "aws", "functions"].includes(zone.name);
  return file.globalUses.flatMap(({ what }) => {
    const forbidden = what === "process.env" ? readsEnvironment : zone.name === "domain" || zone.name === "events";
    return forbidden ? [`${file.path} uses ${what}`] : [];
  });
}
