import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { describeOutcomes } from "../../infra/local/emulators/mail-events.ts";
import { MailOutcomes } from "../../infra/local/emulators/mail-outcomes.ts";
import { serveMailbox } from "../../infra/local/emulators/mailbox.ts";
import type { SentMail } from "../../infra/local/emulators/sent-mail.ts";
import type { LocalServer } from "../../infra/local/local-server.ts";

const mail: SentMail = {
  messageId: "ses-1",
  from: "shop@example.com",
  recipients: ["Ada <ada@example.com>"],
  subject: "Hello",
  headers: [],
  sentAt: Date.UTC(2026, 0, 1),
};

describe("the mailbox", () => {
  let folder: string;
  let server: LocalServer | undefined;
  const sent: SentMail[] = [];
  const clock = new SharedArrayBuffer(8);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-mailbox-"));
    sent.length = 0;
  });
  afterEach(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (): Promise<string> => {
    server = await serveMailbox({ folder, clock, onSent: (one) => sent.push(one) });
    return server.url;
  };

  test("shows a mail that was sent over SES v2 with its headers, tells of it, and still has it after a restart", async () => {
    const url = await open();
    const { MessageId } = await sendMail(url, "Hello");
    const [shown] = await listMails(url);
    expect(shown).toMatchObject({
      messageId: MessageId,
      subject: "Hello",
      destination: { to: ["ada@example.com"] },
      headers: [{ name: "List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click" }],
    });
    await expect.poll(() => sent).toMatchObject([{ messageId: MessageId, recipients: ["ada@example.com"] }]);
    await server?.close();

    const again = await open();
    expect(await listMails(again)).toEqual([shown]);
    await sendMail(again, "A second one");
    expect((await listMails(again)).map(({ subject }) => subject)).toEqual(["Hello", "A second one"]);
  });

  test("shows a raw mail with its headers, each mail's own, also of many at once", async () => {
    const url = await open();
    await Promise.all(Array.from({ length: 20 }, (_, index) => sendRawMail(url, index)));
    const mails = await listMails(url);
    expect(mails).toHaveLength(20);
    for (const { subject, headers } of mails) {
      expect(headers).toContainEqual({ name: "List-Unsubscribe", value: `<https://example.com/u/${subject}>` });
      expect(headers).toContainEqual({ name: "X-Folded", value: "one two" });
    }
  });

  test("is empty after it was cleared, also after a restart", async () => {
    const url = await open();
    await sendMail(url, "Hello");
    await fetch(`${url}/clear-store`, { method: "POST" });
    expect(await listMails(url)).toEqual([]);
    await server?.close();
    expect(await listMails(await open())).toEqual([]);
  });

  test("has a page for people, and stops though nobody ever asked for it", async () => {
    const page = await fetch(await open());
    expect(page.headers.get("content-type")).toContain("text/html");
    await server?.close();
    await open();
  });

  test("dates mails by the steered clock", async () => {
    new Float64Array(clock)[0] = 365 * 86_400_000;
    const url = await open();
    await sendMail(url, "From the future");
    const [shown] = await listMails(url);
    expect((shown?.at ?? 0) * 1000).toBeGreaterThan(Date.now() + 364 * 86_400_000);
    new Float64Array(clock)[0] = 0;
  });
});

describe("what becomes of a mail", () => {
  const kinds = (recipients: string[]) =>
    describeOutcomes({ ...mail, recipients }, mail.sentAt).map((event) => event["detail-type"]);

  test.each([
    ["anybody", ["Ada <ada@example.com>"], ["Email Delivered"]],
    ["the address that bounces", ["bounce@simulator.amazonses.com"], ["Email Bounced"]],
    [
      "the one that complains",
      ["complaint+7@simulator.amazonses.com"],
      ["Email Delivered", "Email Complaint Received"],
    ],
    ["two people", ["a@example.com", "b@example.com"], ["Email Delivered", "Email Delivered"]],
  ])("is told as SES tells it, for %s", (_, recipients, expected) => {
    expect(kinds(recipients)).toEqual(expected);
  });

  test("names the mail and the bare address", () => {
    const [event] = describeOutcomes(mail, mail.sentAt);
    expect(event).toMatchObject({
      source: "aws.ses",
      detail: {
        eventType: "Delivery",
        mail: { messageId: "ses-1", destination: ["ada@example.com"] },
        delivery: { recipients: ["ada@example.com"], timestamp: "2026-01-01T00:00:00.000Z" },
      },
    });
  });

  test("reaches the rules that listen for it and no others, and is pending until then", async () => {
    const told: string[] = [];
    const outcomes = new MailOutcomes({
      rules: [
        { name: "All", source: ["aws.ses"], targets: [{ functionArn: "all" }] },
        { name: "Bounces", source: ["aws.ses"], detailTypes: ["Email Bounced"], targets: [{ functionArn: "bounces" }] },
        { name: "Other", source: ["aws.s3"], targets: [{ functionArn: "other" }] },
      ],
      now: () => mail.sentAt,
      invoke: async (functionArn) => void told.push(functionArn),
    });
    outcomes.announce(mail);
    outcomes.announce({ ...mail, recipients: ["bounce@simulator.amazonses.com"] });
    expect(outcomes.pending).toBe(2);
    await expect.poll(() => outcomes.pending).toBe(0);
    expect(told.toSorted()).toEqual(["all", "all", "bounces"]);
  });

  test("is told to nobody once the runtime stops", async () => {
    const told: string[] = [];
    const rules = [{ name: "All", source: ["aws.ses"], targets: [{ functionArn: "all" }] }];
    const outcomes = new MailOutcomes({
      rules,
      now: () => mail.sentAt,
      invoke: async (functionArn) => void told.push(functionArn),
    });
    outcomes.announce(mail);
    outcomes.stop();
    expect(outcomes.pending).toBe(0);
    expect(told).toEqual([]);
  });
});

const sendMail = (url: string, subject: string) =>
  send(url, {
    Simple: {
      Subject: { Data: subject },
      Body: { Text: { Data: "A text" } },
      Headers: [{ Name: "List-Unsubscribe-Post", Value: "List-Unsubscribe=One-Click" }],
    },
  });

function sendRawMail(url: string, index: number) {
  const lines = [
    "From: shop@example.com",
    "To: ada@example.com",
    `Subject: ${index}`,
    `List-Unsubscribe: <https://example.com/u/${index}>`,
    "X-Folded: one\r\n two",
    "",
    "A text",
  ];
  return send(url, { Raw: { Data: Buffer.from(lines.join("\r\n")).toString("base64") } });
}

async function send(url: string, Content: object): Promise<{ MessageId: string }> {
  const response = await fetch(`${url}/v2/email/outbound-emails`, {
    method: "POST",
    headers: { authorization: "AWS4-HMAC-SHA256 local", "content-type": "application/json" },
    body: JSON.stringify({
      FromEmailAddress: "shop@example.com",
      Destination: { ToAddresses: ["ada@example.com"] },
      Content,
    }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as { MessageId: string };
}

interface ShownMail {
  readonly subject: string;
  readonly at: number;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

async function listMails(url: string): Promise<ShownMail[]> {
  const response = await fetch(`${url}/store`);
  return ((await response.json()) as { emails: ShownMail[] }).emails;
}
