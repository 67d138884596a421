import { createRequire } from "node:module";

/** A mail as mailparser reads it: of a header its lines as they came, folded ones too. */
interface ParsedMail {
  readonly headerLines: readonly { readonly line: string }[];
  readonly attachments: readonly unknown[];
}

interface MailHeader {
  readonly name: string;
  readonly value: string;
}

/**
 * Keeps the headers of raw mails, such as List-Unsubscribe, which the emulator parses and leaves out of what it stores.
 *
 * @returns takes the headers of the raw mail that is being stored; undefined where it is none
 */
export function readRawHeaders(): () => MailHeader[] | undefined {
  const mailparser = createRequire(import.meta.resolve("aws-ses-v2-local"))("mailparser") as {
    simpleParser(source: Buffer): Promise<ParsedMail>;
  };
  const parse = mailparser.simpleParser;
  let taken: MailHeader[] | undefined;
  mailparser.simpleParser = async (source) => {
    const { attachments, ...mail } = await parse(source);
    return {
      ...mail,
      // The last thing that the emulator reads before it stores the mail, in the same breath.
      get attachments() {
        taken = mail.headerLines.map(({ line }) => splitHeader(line));
        return attachments;
      },
    };
  };
  return () => {
    const headers = taken;
    taken = undefined;
    return headers;
  };
}

function splitHeader(line: string): MailHeader {
  const [name = "", value = ""] = line.split(/:(.*)/s, 2);
  return { name, value: value.replaceAll(/\r?\n(?=[ \t])/g, "").trim() };
}
