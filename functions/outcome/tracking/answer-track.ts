import { createHash } from "node:crypto";
import { answerBytes, type HttpAnswer } from "#aws/http-answer.ts";
import type { HttpRequest } from "#aws/http-request.ts";
import { findLiving } from "#domain/identity/find-living.ts";
import { keyIdOf, type LinkPayload, readLink } from "#domain/links/link-token.ts";
import { type Outcome, putOutcomes } from "#domain/touches/outcome-event.ts";
import { OutcomeError } from "../outcome-error.ts";
import type { OutcomeMetric, OutcomePorts } from "../ports.ts";
import { isAutomated } from "./machines.ts";

type Token = Exclude<LinkPayload, { k: "preferences" }>;

/** The smallest GIF there is: one transparent pixel. */
const PIXEL = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

const METRICS: Readonly<Record<Token["k"], readonly [people: OutcomeMetric, machines: OutcomeMetric]>> = {
  open: ["Opened", "OpenedByMachines"],
  click: ["Clicked", "ClickedByMachines"],
};

/** Answers `/t/{token}`: the pixel of a message, or the way to the one URL that the link was signed for. Whoever follows
 *  a link gets there, also when it cannot be recorded. Throws OutcomeError 404 for what this deployment has not signed. */
export async function answerTrack(ports: OutcomePorts, request: HttpRequest, text: string): Promise<HttpAnswer> {
  const token = readLink(text, await ports.linkKey(keyIdOf(text)));
  if (!token || token.k === "preferences") {
    ports.count("LinksForged", 1);
    throw new OutcomeError(404, "not_found", "No such link.");
  }
  try {
    await record(ports, token, isAutomated(request));
  } catch (error) {
    ports.count("LinksNotRecorded", 1);
    ports.logFailure("link_not_recorded", error);
  }
  return token.k === "open" ? answerBytes("image/gif", PIXEL) : redirect(token.u);
}

/** 302 and not to be kept: the next click counts too. */
function redirect(url: string): HttpAnswer {
  return {
    statusCode: 302,
    headers: {
      // As the URL parser writes it: nothing that could end the header.
      Location: new URL(url).href,
      "Cache-Control": "no-store",
      "Referrer-Policy": "no-referrer",
      "X-Robots-Tag": "noindex, nofollow",
    },
    body: "",
    isBase64Encoded: false,
  };
}

/** One event for each touch, link and day, people and machines apart: a message that is opened ten times a day was read
 *  that day, and a proxy that came first hides nobody. */
async function record(ports: OutcomePorts, token: Token, automated: boolean): Promise<void> {
  const [people, machines] = METRICS[token.k];
  ports.count(automated ? machines : people, 1);
  const touch = (await ports.touches.find(token.t))?.touch;
  const person = touch && (await findLiving(ports.profiles, touch.profileId));
  // A year later the ledger has forgotten the touch, and an erased person is nobody.
  if (!person) return;
  const { calendar } = await ports.definitions.get();
  const now = ports.now();
  const url = token.k === "click" ? token.u : undefined;
  const outcome: Outcome = {
    name: token.k === "open" ? "Opened" : "Clicked",
    touch,
    person,
    at: now,
    calendar,
    now,
    occurrence: [calendar.dayOf(now), automated ? "machine" : "person", url === undefined ? "" : hash(url)].join(":"),
    properties: { ...(url !== undefined && { url }), ...(automated && { automated: true }) },
  };
  await putOutcomes(ports.events, [outcome]);
}

function hash(url: string): string {
  return createHash("sha256").update(url).digest("base64url").slice(0, 16);
}
