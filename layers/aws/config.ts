import * as z from "zod";

/** What a function reads from its environment. The infrastructure sets each name for the functions that use it. */
const Environment = z.object({
  STRATA_TABLE_PROFILES: z.string(),
  STRATA_TABLE_IDENTITIES: z.string(),
  STRATA_TABLE_ACTIVITY: z.string(),
  STRATA_TABLE_TAGS: z.string(),
  STRATA_TABLE_DEFINITIONS: z.string(),
  STRATA_TABLE_METRICS: z.string(),
  STRATA_TABLE_AUDIT: z.string(),
  STRATA_TABLE_TIMERS: z.string(),
  STRATA_TABLE_WORK: z.string(),
  STRATA_TABLE_RUNS: z.string(),
  STRATA_TABLE_TOUCHES: z.string(),
  STRATA_TABLE_CAPS: z.string(),
  STRATA_TABLE_CONSENTS: z.string(),
  STRATA_TABLE_SUPPRESSIONS: z.string(),
  STRATA_EVENT_STREAM: z.string(),
  STRATA_FACT_STREAM: z.string(),
  /** URLs of the queues: people whose answers expire, slices of re-tiering runs, parts of imports. */
  STRATA_QUEUE_DUE: z.string(),
  STRATA_QUEUE_RETIER: z.string(),
  STRATA_QUEUE_IMPORTS: z.string(),
  /** URLs of the queues of touches, one a channel. */
  STRATA_QUEUE_EMAIL: z.string(),
  STRATA_QUEUE_SMS: z.string(),
  STRATA_QUEUE_PUSH: z.string(),
  STRATA_QUEUE_WECHAT: z.string(),
  STRATA_QUEUE_WEBHOOK: z.string(),
  STRATA_QUEUE_INAPP: z.string(),
  STRATA_QUEUE_LOG: z.string(),
  /** The channel that a sender is for, and the URL of the queue that it works. */
  STRATA_CHANNEL: z.string(),
  STRATA_QUEUE_OWN: z.string(),
  STRATA_BUCKET: z.string(),
  STRATA_ADMIN_TOKEN_SECRET: z.string(),
  /** The secret that links in messages are signed with, and addresses hashed. */
  STRATA_LINK_KEY_SECRET: z.string(),
  /** Base URL of the API, without a trailing slash: what links in messages begin with. */
  STRATA_PUBLIC_URL: z.url(),
  /** `host:port` pairs, with commas between them, that webhooks may reach though they are not on the public internet: this
   *  machine's own tests. Never set on AWS. */
  STRATA_WEBHOOK_ALLOWED_HOSTS: z.string().default(""),
  /** Folder of the IP-to-place databases; place is unknown where it is missing. */
  STRATA_GEO_DIR: z.string(),
  /** How long a function may go on with the definitions that it has, milliseconds. */
  STRATA_DEFINITIONS_MAX_AGE_MS: z.coerce.number().int().positive().default(60_000),
  /** Set where S3 is an emulator that knows no virtual-hosted buckets. */
  STRATA_S3_PATH_STYLE: z.stringbool().default(false),
});
export type EnvironmentName = keyof z.infer<typeof Environment>;

/** Settings that have a default: every function may read them. */
const Defaulted = Environment.pick({
  STRATA_DEFINITIONS_MAX_AGE_MS: true,
  STRATA_S3_PATH_STYLE: true,
  STRATA_WEBHOOK_ALLOWED_HOSTS: true,
});

/** Reads the named settings; throws, naming every one that is missing or wrong, before the first request is served. */
export function readConfig<Name extends EnvironmentName>(
  ...names: Name[]
): Pick<z.infer<typeof Environment>, Name> & z.infer<typeof Defaulted> {
  const shape = Object.fromEntries(names.map((name) => [name, Environment.shape[name]]));
  const config: unknown = Defaulted.extend(shape).parse(process.env);
  return config as Pick<z.infer<typeof Environment>, Name> & z.infer<typeof Defaulted>;
}
