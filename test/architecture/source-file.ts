import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { parseSync, Visitor } from "oxc-parser";

export interface Import {
  /** As written, e.g. `#events/fact.ts`. */
  readonly specifier: string;
  /** Where it leads: a path from the repository's root for our own files, else the package or `node:` module. */
  readonly target: string;
  readonly own: boolean;
  readonly typeOnly: boolean;
}

/** An access to something global that some parts of the tree must not touch. */
export interface GlobalUse {
  readonly what: "process.env" | "Date.now" | "new Date()" | "Math.random";
}

/** The specifier of an import whose target is known only when it runs. */
export const computed = "(computed)";

export interface SourceFile {
  /** From the repository's root. */
  readonly path: string;
  readonly imports: readonly Import[];
  readonly globalUses: readonly GlobalUse[];
}

/** The aliases of package.json, `imports`. */
const aliases: Readonly<Record<string, string>> = {
  "#events/": "events/",
  "#domain/": "layers/domain/",
  "#aws/": "layers/aws/",
  "#functions/": "functions/",
};

/** Reads every source file below a folder; skips what is built or installed. */
export function readSourceFiles(root: string): SourceFile[] {
  const built = new Set(["node_modules", "cdk.out", "dist", "coverage", ".strata", ".git"]);
  return globSync("**/*.{ts,tsx,mts,js,mjs}", { cwd: root, exclude: (name) => built.has(name) })
    .toSorted()
    .map((path) => parseSourceFile(path, readFileSync(join(root, path), "utf8")));
}

/** Finds the imports (static, dynamic, re-exported, in types) and the global uses of one file. */
export function parseSourceFile(path: string, source: string): SourceFile {
  const { program, errors } = parseSync(path, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);

  const imports: Import[] = [];
  const globalUses: GlobalUse[] = [];
  const add = (specifier: unknown, typeOnly: boolean) => {
    if (typeof specifier !== "string") throw new Error(`${path}: an import without a name`);
    imports.push({ specifier, typeOnly, ...resolveSpecifier(path, specifier) });
  };
  new Visitor({
    ImportDeclaration(node) {
      const named = node.specifiers;
      const onlyTypes =
        node.importKind === "type" ||
        (named.length > 0 && named.every((each) => each.type === "ImportSpecifier" && each.importKind === "type"));
      add(node.source.value, onlyTypes);
    },
    ExportNamedDeclaration(node) {
      if (node.source) add(node.source.value, node.exportKind === "type");
    },
    ExportAllDeclaration(node) {
      add(node.source.value, node.exportKind === "type");
    },
    ImportExpression(node) {
      if (node.source.type === "Literal") add(node.source.value, false);
      else imports.push({ specifier: computed, target: computed, own: false, typeOnly: false });
    },
    TSImportType(node) {
      add(node.source.value, true);
    },
    MemberExpression(node) {
      if (node.object.type !== "Identifier" || node.property.type !== "Identifier" || node.computed) return;
      const what = `${node.object.name}.${node.property.name}`;
      if (what === "process.env" || what === "Date.now" || what === "Math.random") globalUses.push({ what });
    },
    NewExpression(node) {
      if (node.callee.type === "Identifier" && node.callee.name === "Date" && node.arguments.length === 0) {
        globalUses.push({ what: "new Date()" });
      }
    },
  }).visit(program);
  return { path, imports, globalUses };
}

function resolveSpecifier(from: string, specifier: string): Pick<Import, "target" | "own"> {
  if (specifier.startsWith(".")) return { own: true, target: normalize(join(dirname(from), specifier)) };
  for (const [alias, folder] of Object.entries(aliases)) {
    if (specifier.startsWith(alias)) return { own: true, target: join(folder, relative(alias, specifier)) };
  }
  if (specifier.startsWith("#")) throw new Error(`${from}: unknown alias ${specifier}`);
  return { own: false, target: specifier };
}
