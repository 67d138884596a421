import { CliError } from "./cli-error.ts";
import type { Environment } from "./environment.ts";
import { type LocalRuntime, localJsonPath, readLocalJson } from "./local-json.ts";
import { shortPath } from "./short-path.ts";

/** Options that say which server is meant. */
export interface ConnectionOptions {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly dataDir?: string | undefined;
}

export interface Connection {
  /** Without a trailing slash. */
  readonly url: string;
  readonly token: string | undefined;
  /** The file the local runtime would be described in. */
  readonly localJson: string;
  /** The local runtime, if it is the server meant. */
  readonly local: LocalRuntime | undefined;
}

/** Finds the server: flags, else STRATA_URL and STRATA_TOKEN, else local.json of the data directory. The local token is
 *  only ever sent to the local runtime's own URL. Throws CliError `no_server`. */
export async function resolveConnection(options: ConnectionOptions, env: Environment): Promise<Connection> {
  const dataDir = options.dataDir ?? env.dataDir;
  const localJson = shortPath(localJsonPath(dataDir));
  const found = await readLocalJson(dataDir);
  const url = (options.url ?? env.url ?? found?.url)?.replace(/\/+$/, "");
  if (url === undefined)
    throw new CliError("no_server", `No running server: there is no ${localJson}.`, {
      hint: "Start one with `npm start`, or name one with --url and --token (or STRATA_URL and STRATA_TOKEN).",
    });
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new CliError("bad_url", `Not an http(s) URL: ${url}`, { exitCode: 2 });
  const local = found !== undefined && sameOrigin(found.url, url) ? found : undefined;
  return { url, token: options.token ?? env.token ?? local?.adminToken, localJson, local };
}

function sameOrigin(a: string, b: string): boolean {
  return new URL(a).origin === new URL(b).origin;
}

/** The write key to collect with: `--write-key`, else STRATA_WRITE_KEY, else the local runtime's key of `source`.
 *  Throws CliError `no_write_key`. */
export function resolveWriteKey(
  options: { writeKey?: string | undefined; source?: string | undefined },
  env: Environment,
  connection: Connection,
): string {
  const source = options.source ?? "server";
  const given = options.writeKey ?? (options.source === undefined ? env.writeKey : undefined);
  const key = given ?? connection.local?.writeKeys[source];
  if (key !== undefined) return key;
  const known = Object.keys(connection.local?.writeKeys ?? {});
  throw new CliError("no_write_key", `No write key for source ${source}.`, {
    hint:
      known.length > 0
        ? `Sources of the local runtime: ${known.join(", ")}. Or give --write-key (or STRATA_WRITE_KEY).`
        : `Give --write-key (or STRATA_WRITE_KEY); the server shows a source's key once, when it is created.`,
    exitCode: 2,
  });
}
