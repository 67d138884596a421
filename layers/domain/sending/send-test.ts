import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { findLiving } from "#domain/identity/find-living.ts";
import { hashAddress } from "#domain/links/link-token.ts";
import type { OutgoingMessage, SendResult } from "#domain/ports/channel.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { askGate, hasGate } from "./ask-gate.ts";
import type { Sign } from "./breaker.ts";
import { callProvider, signOf } from "./call-provider.ts";
import { BY_PERSON, type TestRequest } from "./channel-message.ts";
import { composeTest } from "./compose-test.ts";
import { reportSigns } from "./gate.ts";
import { providersOf } from "./providers-of.ts";
import type { SendPorts, Turn } from "./send-ports.ts";
import { findTest, type StoredTest, saveTest, type TestRecord } from "./test-record.ts";

/** Whoever asked has gone on to something else. */
const TOO_LATE_MS = 3_600_000;
/** Long enough for the provider, and for writing its answer down. */
const LEASE_MS = 60_000;
const WRITES = 4;
const FIRST_DELAY_MS = 100;

type End = Pick<TestRecord, "code" | "providerId"> & { readonly state: "sent" | "failed" | "unknown" };

/** Sends a test message once, by its provider and through its gate, and writes down what came of it. Nothing but a
 *  suppression holds it back; no touch, no cap and no event know of it. Throws where a store does not answer. */
export async function sendTest(ports: SendPorts, channel: string, request: TestRequest): Promise<Turn> {
  const stored = await findTest(ports.work, request.requestId);
  // A message that came before has it, or had it.
  if (stored?.record.state !== "queued") return { kind: "dropped" };
  const bundle = await ports.definitions.atLeast(request.bundleVersion);
  const definition = providersOf(bundle, channel).find(({ name }) => name === request.by);
  if (!definition) return finish(ports, request, stored, failed("channel_missing"));
  if (ports.now() - request.requestedAt > TOO_LATE_MS) return finish(ports, request, stored, failed("too_late"));
  if (ports.channelOf(definition).takes?.(request.address) === false) {
    return finish(ports, request, stored, failed("address_not_of_provider"));
  }
  const composed = await compose(ports, { request, channel }, bundle);
  if ("code" in composed) return finish(ports, request, stored, failed(composed.code));
  return passAndSend(ports, { definition, request, stored, ...composed });
}

interface Sending {
  readonly definition: ChannelDefinition;
  readonly request: TestRequest;
  readonly stored: StoredTest;
  readonly message: OutgoingMessage;
}

/** Takes a place in the provider's schedule, and tells its gate how it went. */
async function passAndSend(ports: SendPorts, sending: Sending): Promise<Turn> {
  const { definition, request, stored } = sending;
  const owner = ports.newId();
  const { at, isClosed, isSound, retryAt } = await askGate(ports, definition, { wanted: 1, owner });
  const [place] = at;
  if (place === undefined) {
    if (isClosed) return finish(ports, request, stored, failed("breaker_open"));
    return { kind: "later", afterMs: Math.max(1_000, retryAt - ports.now()), reason: "rate" };
  }
  const signs: Sign[] = [];
  try {
    await ports.sleep(Math.max(0, place - ports.now()));
    return await claimAndSend(ports, sending, signs);
  } finally {
    if (hasGate(definition) && !(isSound && signs.every((sign) => sign === "alive"))) {
      await reportSigns(ports.work, definition.name, signs, { owner, now: ports.now() }).catch((error: unknown) =>
        ports.logFailure(error, { provider: definition.name, step: "breaker" }),
      );
    }
  }
}

async function claimAndSend(ports: SendPorts, sending: Sending, signs: Sign[]): Promise<Turn> {
  const { definition, request, stored, message } = sending;
  const addressHash = hashAddress(definition.channel, message.address, await ports.linkKey());
  if (await ports.suppressions.isSuppressed(definition.channel, addressHash, message.category)) {
    return finish(ports, request, stored, failed("suppressed"));
  }
  const at = ports.now();
  const record: TestRecord = { ...stored.record, state: "sending", at, until: at + LEASE_MS };
  const claimed = { record, revision: stored.revision + 1 };
  if ((await saveTest(ports.work, request.requestId, claimed)) === "conflict") return { kind: "dropped" };
  const result = await callProvider(ports, ports.channelOf(definition), message, touchIdOf(request));
  signs.push(signOf(result));
  return finish(ports, request, claimed, endOf(result));
}

/** The message, or the code of what keeps it from being one. */
async function compose(
  ports: SendPorts,
  { request, channel }: { readonly request: TestRequest; readonly channel: string },
  bundle: CompiledBundle,
): Promise<{ readonly message: OutgoingMessage } | { readonly code: string }> {
  const template = bundle.templates.get(request.template);
  if (!template || template.channel === "partial") return { code: "template_unknown" };
  const { profileId, address } = request;
  const person = profileId === undefined ? undefined : await findLiving(ports.profiles, profileId as ProfileId);
  if (profileId !== undefined && !person) return { code: "profile_unknown" };
  const rendered = await composeTest(ports.renderer, { template, request, person, now: ports.now() }, bundle);
  if (!rendered.ok) return { code: `template_failed:${rendered.faults[0]?.code ?? "template_failed"}` };
  return {
    message: {
      address,
      profileId: (BY_PERSON.has(channel) ? address : (profileId ?? touchIdOf(request))) as ProfileId,
      category: template.category ?? "transactional",
      journey: "test",
      message: rendered.message,
    },
  };
}

/** A provider that asks for later is not asked again: whoever waits for a test can ask again themselves. */
function endOf(result: SendResult): End {
  if (result.kind === "sent") return { state: "sent", providerId: result.providerId };
  return { state: result.kind === "unknown" ? "unknown" : "failed", code: result.code };
}

function failed(code: string): End {
  return { state: "failed", code };
}

/** Writes the end, as often as it takes; where another has written it, that stands. Throws what the store last threw. */
async function finish(
  { work, now, sleep }: SendPorts,
  { requestId }: TestRequest,
  { record: { until, ...record }, revision }: StoredTest,
  end: End,
): Promise<Turn> {
  const next = { record: { ...record, ...end, at: now() }, revision: revision + 1 };
  let last: unknown;
  for (let n = 0; n < WRITES; n++) {
    try {
      if (n > 0) await sleep(FIRST_DELAY_MS * 2 ** n);
      await saveTest(work, requestId, next);
      return { kind: "ended", state: end.state, ...(end.code !== undefined && { reason: end.code }) };
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

function touchIdOf({ requestId }: TestRequest): string {
  return `test-${requestId}`;
}
