import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embeddedThreads } from "../../infra/bundling/embedded-threads.ts";
import { anEmailJob } from "../domain/templates/a-job.ts";
import { runNode } from "./run-node.ts";

const root = resolve(import.meta.dirname, "../..");
// Outside the repository: nothing of it, and none of its libraries, can be found from here.
const folder = mkdtempSync(join(tmpdir(), "strata-thread-test-"));
const options = {
  bundle: true,
  platform: "node" as const,
  target: "node24",
  mainFields: ["module", "main"],
  minify: true,
} satisfies BuildOptions;

const ENDLESS =
  "{% for a in (1..2000) %}{% for b in (1..2000) %}{% for c in (1..2000) %}{% endfor %}{% endfor %}{% endfor %}";
const PROGRAM = `
  import { makeTemplateRenderer } from "#aws/templates/template-renderer.ts";
  const renderer = makeTemplateRenderer({ limitMs: 200 });
  for (const job of JSON.parse(process.argv[2])) console.log(JSON.stringify(await renderer.render(job)));
`;

beforeAll(async () => {
  await build({
    ...options,
    absWorkingDir: root,
    stdin: { contents: PROGRAM, resolveDir: root, loader: "ts" },
    outfile: join(folder, "program.mjs"),
    format: "esm",
    plugins: [embeddedThreads(options)],
  });
  writeFileSync(join(folder, "package.json"), "{}");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("one bundled file renders in a thread, kills one that does not end, and exits by itself", async () => {
  const sound = anEmailJob({ subject: "Hi {{ person.traits.name }}", body: "<p>{{ arm }}</p>" });
  const jobs = [sound, anEmailJob({ subject: "s", body: ENDLESS }), sound];
  const out = await runNode(join(folder, "program.mjs"), JSON.stringify(jobs));
  const [first, second, third] = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  expect(first).toMatchObject({ ok: true, message: { subject: "Hi Ann", text: "coupon" } });
  expect(second).toMatchObject({ ok: false, faults: [{ code: "template_timeout" }] });
  expect(third).toEqual(first);
});
