import { afterEach, describe, expect, test } from "vitest";
import { makeSmtpChannel } from "#aws/channels/smtp.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { aMail } from "./a-mail.ts";
import { type SmtpScript, startSmtp } from "./smtp-server.ts";

const of = { touchId: "t-1", timeoutMs: 400 };
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function aServer(script?: SmtpScript) {
  const server = await startSmtp(script);
  stops.push(server.stop);
  return server;
}

function aChannel(port: number, options: Record<string, string> = {}) {
  const definition: ChannelDefinition = {
    kind: "channel",
    name: "mail",
    channel: "email",
    adapter: "smtp",
    options: { host: "127.0.0.1", port, tls: "none", from: "shop@example.com", fromName: "The Shop", ...options },
  };
  return makeSmtpChannel(definition, {
    secret: async () => JSON.stringify({ user: "shop", pass: "planted-password" }),
  });
}

test("hands over one message for one mailbox, with one-click unsubscribing", async () => {
  const { port, commands, messages } = await aServer();
  expect(await aChannel(port).send(aMail(), of)).toEqual({ kind: "sent", providerId: "t-1" });
  expect(commands).toContain("MAIL FROM:<shop@example.com>");
  expect(commands.filter((line) => line.startsWith("RCPT"))).toEqual(["RCPT TO:<ann@example.com>"]);
  expect(commands).toContain(`AUTH PLAIN ${Buffer.from("\0shop\0planted-password").toString("base64")}`);
  const [message] = messages;
  for (const line of [
    "From: The Shop <shop@example.com>",
    "To: ann@example.com",
    "Message-ID: <t-1@example.com>",
    "List-Unsubscribe: <https://strata.example.com/u/token>",
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
  ]) {
    expect(message?.split("\r\n")).toContain(line);
  }
});

test("what the person waits for carries no way to unsubscribe", async () => {
  const { port, messages } = await aServer();
  await aChannel(port).send(aMail({ category: "transactional" }), of);
  expect(messages[0]).not.toContain("List-Unsubscribe");
});

test.each([
  "ann@example.com, eve@example.com",
  "ann@example.com\r\nBcc: eve@example.com",
  "Ann <ann@example.com>",
  '"ann@example.com,eve@example.com"@example.com',
  "ann@example.com>\r\nRCPT TO:<eve@example.com",
  "group: ann@example.com;",
  "",
])("%j is no mailbox: nothing is sent", async (address) => {
  const { port, commands } = await aServer();
  expect(await aChannel(port).send(aMail({ address }), of)).toEqual({ kind: "failed", code: "address_invalid" });
  expect(commands).toEqual([]);
});

test("line breaks in a subject, a name or a header make no header", async () => {
  const { port, messages } = await aServer();
  const evil = "Hi\r\nBcc: eve@example.com";
  const message = {
    channel: "email",
    subject: evil,
    html: "<p>x</p>",
    text: "x",
    headers: { "X-Shop": evil },
  } as const;
  await aChannel(port, { fromName: evil }).send(aMail({ message }), of);
  expect(messages[0]?.split("\r\n").filter((line) => /^bcc/i.test(line))).toEqual([]);
});

describe("a server that", () => {
  test.each<[string, SmtpScript, object]>([
    [
      "does not know the mailbox",
      { RCPT: "550 5.1.1 ann@example.com unknown" },
      { kind: "failed", code: "smtp_550_5.1.1", suppress: true },
    ],
    ...["5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"].map((status): [string, SmtpScript, object] => [
      `calls the mailbox dead by ${status}`,
      { RCPT: `550 ${status} ann@example.com no` },
      { kind: "failed", code: `smtp_550_${status}`, suppress: true },
    ]),
    ["has a full mailbox", { RCPT: "552 5.2.2 full" }, { kind: "failed", code: "smtp_552_5.2.2" }],
    ["says no more than no", { RCPT: "550 no" }, { kind: "failed", code: "smtp_550" }],
    ["does not like the message", { message: "554 5.7.1 spam" }, { kind: "failed", code: "smtp_554_5.7.1" }],
    ["greylists", { RCPT: "450 4.2.0 later" }, { kind: "retry", afterMs: 0, code: "smtp_450_4.2.0", healthy: true }],
    ["is busy", { greeting: "421 4.3.2 busy" }, { kind: "retry", afterMs: 0, code: "smtp_421_4.3.2" }],
    [
      "puts the message off",
      { message: "451 4.3.0 later" },
      { kind: "retry", afterMs: 0, code: "smtp_451_4.3.0", healthy: true },
    ],
    ["does not believe us", { AUTH: "535 5.7.8 no" }, { kind: "retry", afterMs: 0, code: "unauthorised" }],
    ["says nothing", { greeting: null }, { kind: "retry", afterMs: 0, code: "timed_out" }],
    ["falls silent before the message", { RCPT: null }, { kind: "retry", afterMs: 0, code: "timed_out" }],
    ["falls silent after the message", { message: null }, { kind: "unknown", code: "timed_out" }],
    ["hangs up after the message", { message: "close" }, { kind: "unknown", code: "connection_lost" }],
    ["hangs up before it", { MAIL: "close" }, { kind: "retry", afterMs: 0, code: "connection_lost" }],
  ])("%s", async (_, script, expected) => {
    const { port } = await aServer(script);
    const result = await aChannel(port).send(aMail(), of);
    expect(result).toEqual(expected);
    expect(JSON.stringify(result)).not.toMatch(/ann@|planted/);
  });

  test("has no TLS where it is asked for is not spoken to any further", async () => {
    const { port, commands } = await aServer();
    expect(await aChannel(port, { tls: "starttls" }).send(aMail(), of)).toMatchObject({
      kind: "retry",
      code: "tls_failed",
    });
    expect(commands.some((line) => line.startsWith("AUTH") || line.startsWith("MAIL"))).toBe(false);
  });

  test("is not there may be there later", async () => {
    expect(await aChannel(1).send(aMail(), of)).toEqual({ kind: "retry", afterMs: 0, code: "connection_lost" });
  });
});
