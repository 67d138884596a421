import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Benchmark, WrongAnswerError } from "./benchmark.ts";

const MAX_KB = 450;
const root = path.resolve(import.meta.dirname, "../..");

export const bundles: Benchmark = {
  name: "bundles",
  summary: "size of each function's code, minified, as it is deployed",
  run() {
    const folder = mkdtempSync(path.join(tmpdir(), "strata-bench-"));
    try {
      const bundler = path.join(root, "infra/bundling/bundle-functions.ts");
      const { status, stderr } = spawnSync(process.execPath, [bundler, folder], { cwd: root, encoding: "utf8" });
      if (status !== 0) throw new WrongAnswerError(`the functions could not be bundled: ${stderr}`);
      const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".mjs"));
      return {
        figures: files.toSorted().map((file) => ({
          name: file.replace(/\.mjs$/, ""),
          value: statSync(path.join(folder, file)).size / 1024,
          unit: "KB",
          goal: { atMost: MAX_KB },
        })),
        notes: [],
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
