import { parseArgs } from "node:util";

/** Where the data services are: `embedded`, or the URL of another backend. */
export interface Backend {
  readonly dynamodb?: string;
  readonly kinesis?: string;
  readonly s3?: string;
}

export interface Options {
  readonly port: number;
  readonly dataDir: string;
  /** No demo data. */
  readonly empty: boolean;
  readonly backend: Backend;
  readonly edge: "http" | "rest";
}

export const usage = `Usage: npm start -- [options]

  --port <n>          port of the API on 127.0.0.1 (4600; 0 takes a free one)
  --data-dir <path>   where everything is kept (.strata)
  --empty             no demo data
  --edge http|rest    which API Gateway to imitate (http)
  --backend <where>   embedded (the default), the URL of a backend for DynamoDB, Kinesis and S3,
                      or a list: dynamodb=<url>,kinesis=<url>,s3=<url>
  --help

Each also as an environment variable: STRATA_PORT, STRATA_DATA_DIR, STRATA_EMPTY, STRATA_EDGE, STRATA_BACKEND.

Examples:
  npm start
  npm start -- --empty --port 4700 --data-dir /tmp/strata
  npm start -- --backend dynamodb=http://localhost:8000`;

/** The command line or the environment asks for something that there is not. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "usage";
}

/** Options of the command line, then of the environment, then the defaults; "help" where help was asked for. */
export function readOptions(args: string[], environment: NodeJS.ProcessEnv): Options | "help" {
  const values = parse(args);
  if (values.help === true) return "help";
  const port = Number(values.port ?? environment.STRATA_PORT ?? 4600);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError("--port: expected 0 to 65535");
  const edge = values.edge ?? environment.STRATA_EDGE ?? "http";
  if (edge !== "http" && edge !== "rest") throw new UsageError("--edge: expected http or rest");
  return {
    port,
    dataDir: values["data-dir"] ?? environment.STRATA_DATA_DIR ?? ".strata",
    empty: values.empty ?? ["1", "true"].includes(environment.STRATA_EMPTY ?? ""),
    backend: readBackend(values.backend ?? environment.STRATA_BACKEND ?? "embedded"),
    edge,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: "string" },
        "data-dir": { type: "string" },
        empty: { type: "boolean" },
        edge: { type: "string" },
        backend: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readBackend(text: string): Backend {
  if (text === "embedded") return {};
  if (URL.canParse(text) && text.startsWith("http")) return { dynamodb: text, kinesis: text, s3: text };
  return Object.fromEntries(
    text.split(",").map((part) => {
      const [service = "", url = ""] = part.split(/=(.*)/s, 2);
      if (!["dynamodb", "kinesis", "s3"].includes(service) || !URL.canParse(url)) {
        throw new UsageError(`--backend: ${part} is not dynamodb=<url>, kinesis=<url> or s3=<url>`);
      }
      return [service, url];
    }),
  );
}
