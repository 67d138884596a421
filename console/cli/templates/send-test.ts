import { setTimeout as sleep } from "node:timers/promises";
import { StartedTestSend, TestSend, type TestSendRequest } from "#events/admin-api/test-send.ts";
import type { ApiClient } from "../api-client.ts";
import { CliError } from "../cli-error.ts";
import { printable } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

const POLL_MS = 500;
/** A minute: its queue gathers for a second, and its provider has ten. */
const POLLS = 120;

/** What to do about a code. */
const HINTS: Readonly<Record<string, string>> = {
  suppressed: "The address unsubscribed, complained or is dead: use another.",
  breaker_open: "The provider has not answered lately and is left alone for some minutes (GET /admin/v1/channels).",
  channel_missing: "The channel's definition was removed meanwhile.",
  channel_settings: "The channel's definition or its secret is wrong: its sender's log says what.",
  address_not_of_provider: "It is another provider's address: say which with --by.",
  too_late: "It lay in the queue for over an hour.",
  answer_lost: "Nobody heard the provider's answer: look whether it has arrived before you send another.",
};

/** Has the server send a test message, and waits for what becomes of it. Throws CliError `test_not_sent_yet` after a minute. */
export async function sendTest(
  api: ApiClient,
  name: string,
  body: TestSendRequest,
  terminal: Terminal,
): Promise<TestSend> {
  const path = `/admin/v1/templates/${encodeURIComponent(name)}/test`;
  const { id, channel, by } = await api.post(path, StartedTestSend, { body });
  terminal.say(`Test of ${name} by ${printable(by)} (${channel}) is in the queue…`);
  for (let n = 0; n < POLLS; n++) {
    if (n > 0) await sleep(POLL_MS);
    const test = await api.get(`${path}/${encodeURIComponent(id)}`, TestSend);
    if (test.state !== "queued" && test.state !== "sending") return test;
  }
  throw new CliError("test_not_sent_yet", "The message has not been sent within a minute.", {
    hint: `It may still be: GET ${path}/${id} tells. A campaign by the same channel goes first.`,
  });
}

/** What became of a test, for a reader. */
export function renderTest({ state, code, by, providerId }: TestSend, { outColours: c }: Terminal): string[] {
  if (state === "sent") return [`${c.green("✔")} Sent by ${printable(by)}: ${printable(providerId ?? "")}`];
  const why = code === null ? "" : `: ${printable(code)}`;
  const what = state === "failed" ? `${c.red("✘")} Not sent${why}` : `${c.yellow("■")} Perhaps sent${why}`;
  const hint = code === null ? undefined : HINTS[code];
  return hint === undefined ? [what] : [what, `  ${hint}`];
}
