import type { Context } from "aws-lambda";
import { makeDefinitionsCache } from "#aws/definitions-cache.ts";
import type { ImportMessage } from "#domain/imports/import-ports.ts";
import type { SliceMessage } from "#domain/retier/ports.ts";
import type { ChannelMessage } from "#domain/sending/channel-message.ts";
import type { Role } from "#events/admin-api/role.ts";
import { makeAdminHandler } from "#functions/admin/answer-request.ts";
import { hashOf } from "#functions/admin/auth.ts";
import type { AdminPorts } from "#functions/admin/ports.ts";
import { asVersion1, asVersion2, type Gateway } from "./collect-harness.ts";
import { isRecord } from "./is-record.ts";
import { makeMemoryActivityStore } from "./memory-activity-store.ts";
import { makeMemoryAuditStore } from "./memory-audit-store.ts";
import { makeMemoryCapStore } from "./memory-cap-store.ts";
import { makeMemoryConflictStore } from "./memory-conflict-store.ts";
import { makeMemoryConsentStore } from "./memory-consent-store.ts";
import { makeMemoryDefinitionStore } from "./memory-definition-store.ts";
import { makeMemoryFailedEventStore } from "./memory-failed-event-store.ts";
import { makeMemoryIdentityStore } from "./memory-identity-store.ts";
import { makeMemoryImportObjectStore } from "./memory-import-object-store.ts";
import { makeMemoryMetricStore } from "./memory-metric-store.ts";
import { makeMemoryProfileStore } from "./memory-profile-store.ts";
import { makeMemoryRefusalStore } from "./memory-refusal-store.ts";
import { makeMemoryRenderer } from "./memory-renderer.ts";
import { makeMemoryRunStore } from "./memory-run-store.ts";
import { makeMemoryEventStream, makeMemoryFactStream } from "./memory-streams.ts";
import { makeMemorySuppressionStore } from "./memory-suppression-store.ts";
import { makeMemoryTagStore } from "./memory-tag-store.ts";
import { makeMemoryTimerStore } from "./memory-timer-store.ts";
import { makeMemoryTokenStore } from "./memory-token-store.ts";
import { makeMemoryTouchStore } from "./memory-touch-store.ts";
import { makeMemoryWorkQueue } from "./memory-work-queue.ts";
import { makeMemoryWorkStore } from "./memory-work-store.ts";
import { NOON } from "./people.ts";
import { seededNumbers } from "./seeded-numbers.ts";

export const FIRST_TOKEN = "first-token-of-the-deployment";

export interface AdminAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
  /** The body, where it is a JSON object. */
  readonly body: Record<string, unknown>;
}

export interface AdminCall {
  readonly body?: unknown;
  readonly token?: string | undefined;
  readonly headers?: Record<string, string>;
  readonly gateway?: Gateway;
}

/** The real administration handler over ports in memory. `change` overrides ports of the handler alone. */
export function makeAdminHarness(change: Partial<AdminPorts> = {}) {
  const state = { now: NOON };
  const errors: unknown[] = [];
  const definitions = makeMemoryDefinitionStore();
  const cache = makeDefinitionsCache({ store: definitions, maxAgeMs: 0, now: () => state.now });
  let made = 0;
  const channelQueue = makeMemoryWorkQueue<ChannelMessage>();
  const ports = {
    definitions,
    inForce: cache.get,
    inForceAtLeast: cache.atLeast,
    profiles: makeMemoryProfileStore(),
    timers: makeMemoryTimerStore(),
    identities: makeMemoryIdentityStore(),
    activity: makeMemoryActivityStore(),
    consents: makeMemoryConsentStore(),
    conflicts: makeMemoryConflictStore(),
    tags: makeMemoryTagStore(),
    metrics: makeMemoryMetricStore(),
    refusals: makeMemoryRefusalStore(),
    tokens: makeMemoryTokenStore(),
    touches: makeMemoryTouchStore(),
    audit: makeMemoryAuditStore(),
    failed: makeMemoryFailedEventStore(),
    events: makeMemoryEventStream(),
    facts: makeMemoryFactStream(),
    work: makeMemoryWorkStore(),
    importObjects: makeMemoryImportObjectStore(),
    importQueue: makeMemoryWorkQueue<ImportMessage>(),
    retierQueue: makeMemoryWorkQueue<SliceMessage>(),
    renderer: makeMemoryRenderer(),
    /** One for all channels. */
    channelQueue,
    queueOf: () => channelQueue,
    runs: makeMemoryRunStore(),
    caps: makeMemoryCapStore(),
    suppressions: makeMemorySuppressionStore(),
    linkKey: async () => ({ id: "k1", secret: Buffer.from("a key of tests") }),
    definitionsMaxAgeMs: 60_000,
    firstToken: async () => FIRST_TOKEN,
    now: () => state.now,
    random: seededNumbers(1),
    randomId: () => `id-${String(++made).padStart(6, "0")}`,
    randomSecret: (prefix: string) => `${prefix}secret-${++made}`,
    logError: (_message: string, error: unknown) => errors.push(error),
  };
  const handler = makeAdminHandler({ ...ports, ...change });

  async function call(method: string, path: string, more: AdminCall = {}): Promise<AdminAnswer> {
    const { token = FIRST_TOKEN, gateway = "http", body } = more;
    const headers = {
      ...(token !== "" && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...more.headers,
    };
    const request = {
      method,
      path,
      headers,
      ...(body !== undefined && {
        body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
    };
    const event = gateway === "http" ? asVersion2(request) : asVersion1(request);
    const answer = await handler(event, {} as Context);
    const lower = Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]);
    const isJson = answer.headers["Content-Type"]?.startsWith("application/json") === true;
    const parsed: unknown = isJson ? JSON.parse(answer.body) : undefined;
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(lower) as Record<string, string>,
      text: answer.body,
      body: isRecord(parsed) ? parsed : {},
    };
  }

  /** A token with this role, as `POST /tokens` would have made it. */
  async function tokenOf(role: Role): Promise<string> {
    const token = `token-of-${role}`;
    const hash = hashOf(token).toString("hex");
    await ports.tokens.put({ hash, name: role, role, createdAt: NOON });
    return token;
  }

  /** Defines what the test needs, through the API. */
  async function define(...given: { kind: string; name: string }[]): Promise<AdminAnswer> {
    const changes = given.map((definition) => ({
      op: "put",
      kind: definition.kind,
      name: definition.name,
      definition,
    }));
    const answer = await call("POST", "/admin/v1/definitions/apply", { body: { changes } });
    if (answer.status !== 200) throw new Error(answer.text);
    return answer;
  }

  return { call, tokenOf, define, ports, state, errors };
}
