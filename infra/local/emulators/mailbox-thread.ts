import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import mailbox from "aws-ses-v2-local";
import { type Email, getStoreReadonly } from "aws-ses-v2-local/dist/store.js";
import { steerDate } from "../handlers/steer-date.ts";
import { writeAtomically } from "../write-atomically.ts";
import { readRawHeaders } from "./raw-headers.ts";
import type { SentMail } from "./sent-mail.ts";

// aws-ses-v2-local: SES v2, and a page that shows what was sent. It keeps mails in memory; here each is in a file before the
// sender hears that it is sent, and it is there again after a restart.
const { folder, clock } = workerData as { folder: string; clock: SharedArrayBuffer };
steerDate(clock);
// It would send real mail there.
delete process.env.SMTP_TRANSPORT;

/** So many of the newest mails come back after a restart. */
const keptMails = 5_000;

mkdirSync(folder, { recursive: true });
const file = path.join(folder, "mails.ndjson");
const takeRawHeaders = readRawHeaders();
keepMails(getStoreReadonly());
const server = await mailbox.default({ host: "127.0.0.1", port: 0 });
parentPort?.once("message", () => process.exit());
parentPort?.postMessage({ port: (server.address() as AddressInfo).port });

/** Puts a journal behind the emulator's list of mails, which it appends to and, when it is cleared, replaces. */
function keepMails(store: { emails: Email[] }): void {
  const kept = readMails();
  writeAtomically(file, kept.map(writeLine).join(""));
  let emails = observe(kept);
  Object.defineProperty(store, "emails", {
    get: () => emails,
    set: (replaced: Email[]) => {
      writeAtomically(file, replaced.map(writeLine).join(""));
      emails = observe(replaced);
    },
  });
}

function observe(emails: Email[]): Email[] {
  const append = emails.push.bind(emails);
  emails.push = (...received) => {
    const added = received.map((mail) => ({ ...mail, headers: mail.headers ?? takeRawHeaders() }));
    appendFileSync(file, added.map(writeLine).join(""));
    for (const mail of added) parentPort?.postMessage({ sent: describe(mail) });
    return append(...added);
  };
  return emails;
}

function writeLine(mail: Email): string {
  return `${JSON.stringify(mail)}\n`;
}

function describe({ messageId, from, destination, subject, headers }: Email): SentMail {
  const recipients = [...destination.to, ...destination.cc, ...destination.bcc];
  return { messageId, from, recipients, subject, headers: headers ?? [], sentAt: Date.now() };
}

/** A last line that was torn by a kill was never answered for. */
function readMails(): Email[] {
  const lines = readLines().slice(-keptMails);
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as Email];
    } catch {
      return [];
    }
  });
}

function readLines(): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
