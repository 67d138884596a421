import { afterAll, beforeAll, expect, test } from "vitest";
import { runStrata } from "../console/cli/run-strata.ts";
import { type LocalStack, startLocalStack } from "../support/local-stack.ts";
import { applyDefinitions } from "./administration.ts";
import { readMails } from "./mailbox.ts";

const ADDRESS = "me@shop.example";

let stack: LocalStack;

beforeAll(async () => {
  stack = await startLocalStack();
  await applyDefinitions(stack, [
    { kind: "channel", name: "email", channel: "email", adapter: "ses", options: { from: "hello@shop.example" } },
    {
      kind: "template",
      name: "hello",
      channel: "email",
      category: "transactional",
      locales: {
        en: { subject: "Hello {{ person.traits.name }}", body: "<p>Hi</p>" },
        zh: { subject: "{{ person.traits.name }},您好", body: "<p>您好</p>" },
      },
      sample: { person: { traits: { name: "Sam" } } },
    },
  ]);
});
afterAll(async () => {
  await stack?.stop();
});

test("an operator sends themselves a message from the command line, and it arrives once, marked as a test", async () => {
  const argv = ["template", "test", "hello", "--to", ADDRESS, "--locale", "zh"];
  const ran = await runStrata([...argv, "--url", stack.url, "--token", stack.adminToken]);
  expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^✔ Sent by email: \S+\n$/) });
  const mails = await readMails(stack, ADDRESS);
  expect(mails.map(({ subject }) => subject)).toEqual(["[Test] Sam,您好"]);
});
