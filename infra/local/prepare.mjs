// Makes `npm start`, `npm test` and `npm run check` work right after a clone: installs what the lock file says where
// node_modules does not match it, and makes sure that node_modules/.bin/node is the Node that everything runs on.
// Plain JavaScript without dependencies, for Node 18 and later: it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const binaries = path.join(root, "node_modules", ".bin");
const wantedMajor = 24;

if (!matchesLockFile()) {
  console.log("Installing dependencies (npm ci)…");
  // npm warns that some packages want a newer Node than the system's: they get it, from this very install.
  if (!runNpm(["ci", "--loglevel=error"])) fail("npm ci failed. Its message is above; `npm ci` alone repeats it.");
}
if (installedNodeMajor() !== wantedMajor) {
  // npm may have been told not to run install scripts; the node package fetches its binary in one.
  console.log("Installing Node for this project (npm rebuild node)…");
  runNpm(["rebuild", "node", "--ignore-scripts=false"]);
}
if (installedNodeMajor() !== wantedMajor) {
  fail(
    `node_modules/.bin/node is not Node ${wantedMajor}. Its install script was blocked or its binary does not run on ` +
      `this system. Try \`npm rebuild node --ignore-scripts=false\`, or install Node ${wantedMajor} yourself and run ` +
      "`node infra/local/main.ts`.",
  );
}

/** npm writes node_modules/.package-lock.json when an install is complete. Optional packages depend on the platform. */
function matchesLockFile() {
  const wanted = readLock(path.join(root, "package-lock.json"));
  const installed = readLock(path.join(root, "node_modules", ".package-lock.json"));
  if (wanted === undefined) fail("package-lock.json is missing.");
  if (installed === undefined) return false;
  return Object.entries(wanted).every(
    ([folder, { version, optional, devOptional, link, peer }]) =>
      folder === "" || optional || devOptional || link || peer || installed[folder]?.version === version,
  );
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function installedNodeMajor() {
  const node = path.join(binaries, process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(node)) return undefined;
  const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  return Number.parseInt((stdout ?? "").replace(/^v/, ""), 10);
}

/** Runs npm with the Node that the system has: `npm ci` deletes the one in node_modules. */
function runNpm(args) {
  const PATH = (process.env.PATH ?? "")
    .split(path.delimiter)
    .filter((folder) => path.resolve(folder) !== binaries)
    .join(path.delimiter);
  const { status } = spawnSync("npm", args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH },
    shell: process.platform === "win32",
  });
  return status === 0;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
