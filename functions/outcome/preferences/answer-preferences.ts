import { answerPage } from "#aws/html-page.ts";
import type { HttpAnswer } from "#aws/http-answer.ts";
import type { HttpRequest } from "#aws/http-request.ts";
import type { Hearing, Statement } from "#domain/consents/consent-event.ts";
import { type Preference, readPreferences, statementsOf } from "#domain/consents/preferences.ts";
import { type Subject, stateConsents } from "#domain/consents/state-consents.ts";
import { findLiving } from "#domain/identity/find-living.ts";
import { keyIdOf, type LinkPayload, readLink } from "#domain/links/link-token.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { OutcomeError } from "../outcome-error.ts";
import type { OutcomePorts } from "../ports.ts";
import { readSubmission, type Submission } from "./read-form.ts";
import { type PageContent, renderPage } from "./render-page.ts";
import { chooseLanguage, type Language, textVersionOf } from "./texts.ts";

type Token = Extract<LinkPayload, { k: "preferences" }>;

/** Answers `/u/{token}`. GET and HEAD read; only a POST changes anything, and it is answered when that is durable. Every
 *  answer is a page in the reader's language. */
export async function answerPreferences(ports: OutcomePorts, request: HttpRequest, text: string): Promise<HttpAnswer> {
  const language = chooseLanguage(request.query.get("lang"), request.header("accept-language"));
  const show = (status: number, content: PageContent, headers: Record<string, string> = {}) =>
    answerPage(status, renderPage(content, language), { "Content-Language": language, ...headers });
  try {
    const token = await readToken(ports, text);
    // A page that does not exist says nothing of why.
    if (!token) return show(404, { kind: "unknown" });
    return show(200, await answerToken(ports, request, { token, text, language }));
  } catch (error) {
    const known = error instanceof OutcomeError ? error : undefined;
    if (!known) ports.logFailure("preferences_failed", error);
    const retryAfter = known ? known.retryAfterSeconds : 5;
    const headers = retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) };
    return show(known?.status ?? 503, { kind: "later" }, headers);
  }
}

async function readToken(ports: OutcomePorts, text: string): Promise<Token | undefined> {
  const payload = readLink(text, await ports.linkKey(keyIdOf(text)));
  if (payload?.k === "preferences") return payload;
  ports.count("LinksForged", 1);
  return undefined;
}

async function answerToken(
  ports: OutcomePorts,
  request: HttpRequest,
  { token, text, language }: { token: Token; text: string; language: Language },
): Promise<PageContent> {
  const retryAfterSeconds = ports.rateLimit(text, 1, ports.now());
  if (retryAfterSeconds > 0) throw new OutcomeError(429, "rate_limited", "Too many requests.", { retryAfterSeconds });
  const person = await findLiving(ports.profiles, token.p as ProfileId);
  const subject: Subject = { person, address: { channel: token.c, addressHash: token.a } };
  if (request.method === "POST") return save(ports, { token, subject, language }, readSubmission(request));
  ports.count("PreferencesShown", 1);
  return person ? { kind: "form", preferences: await readAll(ports, subject) } : { kind: "erased" };
}

async function save(
  ports: OutcomePorts,
  { token, subject, language }: { token: Token; subject: Subject; language: Language },
  submission: Submission,
): Promise<PageContent> {
  const { calendar } = await ports.definitions.get();
  const hearing: Hearing = {
    newId: ports.newId,
    now: ports.now(),
    calendar,
    collectedBy: submission.kind === "one-click" ? "one-click" : "preference-page",
    // Whoever clicks once in a mail program has seen none of our words.
    ...(submission.kind !== "one-click" && { textVersion: textVersionOf(language) }),
    proof: `touch:${token.t}`,
    byPerson: submission.kind !== "one-click",
  };
  if (submission.kind === "save") {
    const preferences = await readAll(ports, subject);
    const statements = statementsOf(preferences, submission.shown, submission.chosen);
    await stateConsents(ports, subject, statements, hearing);
    ports.count("PreferencesSaved", 1);
    return subject.person ? { kind: "saved", preferences: apply(preferences, statements) } : { kind: "erased" };
  }
  const channel = submission.kind === "one-click" ? token.c : "*";
  await stateConsents(ports, subject, [{ purpose: "marketing", channel, granted: false }], hearing);
  ports.count("Unsubscribed", 1);
  return subject.person ? { kind: "stopped", everywhere: channel === "*" } : { kind: "erased" };
}

async function readAll(ports: OutcomePorts, subject: Subject): Promise<Preference[]> {
  const [{ project }, key] = await Promise.all([ports.definitions.get(), ports.linkKey()]);
  return readPreferences(ports.suppressions, subject, project.purposes, key);
}

/** How it stands as soon as the events that were put are folded. */
function apply(preferences: readonly Preference[], statements: readonly Statement[]): Preference[] {
  return preferences.map((row) => {
    const said = statements.find(({ purpose, channel }) => purpose === row.purpose && channel === row.channel);
    return { ...row, granted: (said?.granted ?? row.granted) && !row.blocked };
  });
}
