import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { afterAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { createApp } from "../../infra/create-app.ts";

/** What the rules of AWS Solutions say of us and we do otherwise, with the reason. */
const accepted: Readonly<Record<string, string>> = {
  "AwsSolutions-S1": "Access logs of the bucket would double its requests; only our functions can reach it.",
  "AwsSolutions-SMG4":
    "The first admin token is for setting up: an administrator makes further tokens and may delete it. A new key of links would break every link that was sent and forget who unsubscribed.",
  "AwsSolutions-APIG1": "Access logs hold addresses of persons, and cost as much as the requests.",
  "AwsSolutions-APIG2": "SDKs send many shapes; the handlers validate and say why.",
  "AwsSolutions-APIG3": "A web application firewall costs more than everything else idle; a deployer may attach one.",
  "AwsSolutions-APIG4": "Callers carry a write key or a bearer token, which the handlers check.",
  "AwsSolutions-APIG6": "See APIG1.",
  "AwsSolutions-COG4": "See APIG4.",
  "AwsSolutions-IAM5":
    "Actions are listed one by one; the only wildcards are names of objects below a prefix of our bucket, of secrets below strata/, and of the account's own identities of e-mail.",
};

const Report = z.object({
  pluginReports: z.array(z.object({ violations: z.array(z.object({ ruleName: z.string() })) })),
});

describe.each(["http", "rest"])("the rules of AWS Solutions, with the %s edge", (edge) => {
  const outdir = mkdtempSync(join(tmpdir(), "strata-nag-"));
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  test("are kept, but for those that we have a reason to break", () => {
    const { app } = createApp({ outdir, context: { edge, "aws:cdk:bundling-stacks": [] } });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const { exitCode } = process;
    // It throws where it finds anything; the report says what.
    expect(() => app.synth()).toThrow("AwsSolutions");
    process.exitCode = exitCode;

    const report = Report.parse(JSON.parse(readFileSync(join(outdir, "validation-report.json"), "utf8")));
    const found = report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((rule) => accepted[rule.replace(/\[.*\]$/, "")] === undefined)).toEqual([]);
    expect(found.filter((rule) => /\[Action::/.test(rule))).toEqual([]);
  });
});
