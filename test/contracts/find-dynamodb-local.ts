import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";

// The jar as the registry has it. It is no dependency of the product: nobody needs Java to run or test Strata.
const packageName = "amplify-dynamodb-simulator@2.9.30";
const integrity = "sha512-xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ==";
const folder = path.join(tmpdir(), `strata-${packageName.replace("@", "-")}`);
const installedJar = path.join(folder, "package/emulator/DynamoDBLocal.jar");

const Packed = z.tuple([z.object({ filename: z.string(), integrity: z.string() })]);

/** The jar that STRATA_DYNAMODB_LOCAL_JAR names, or that an earlier `installJar` left; undefined where there is none. */
export function findJar(environment: NodeJS.ProcessEnv): string | undefined {
  return [environment.STRATA_DYNAMODB_LOCAL_JAR, installedJar].find((file) => file !== undefined && existsSync(file));
}

/** Fetches the package with npm (57 MB) into a folder of the system's temporary ones and returns the jar's path. Throws
 *  where it is not what it was when this was written. */
export function installJar(): string {
  const fresh = mkdtempSync(path.join(tmpdir(), "strata-dynamodb-"));
  try {
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const arguments_ = ["pack", "--json", "--pack-destination", fresh, packageName];
    const output = execFileSync(npm, arguments_, { cwd: fresh, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const [packed] = Packed.parse(JSON.parse(output));
    if (packed.integrity !== integrity) throw new Error(`${packageName} has changed: ${packed.integrity}`);
    execFileSync("tar", ["-xzf", packed.filename, "package/emulator"], { cwd: fresh });
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    renameSync(path.join(fresh, "package"), path.join(folder, "package"));
    return installedJar;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** The version line of the Java that would run; undefined where there is none. */
export function findJava(): string | undefined {
  try {
    const output = execFileSync("java", ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return output.split("\n", 1)[0];
  } catch {
    return undefined;
  }
}
