import type { Arrival, Reply } from "./provider-api.ts";

/** What a client of AWS hands over when it has written a request. */
interface AwsRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** The lowest layer of a client of AWS, in place of a socket. `go` gives the answer, or the error of a connection. */
export function makeAwsHandler(go: (request: Arrival) => Promise<Reply | Error>) {
  return {
    async handle({ protocol, hostname, path, headers, body = "" }: AwsRequest) {
      const url = new URL(`${protocol}//${hostname}${path}`);
      const said = await go({
        url,
        headers,
        body: typeof body === "string" ? body : new TextDecoder().decode(body),
      });
      if (said instanceof Error) throw said;
      return { response: { statusCode: said.status, headers: said.headers ?? {}, body: Buffer.from(said.body) } };
    },
  };
}

/** What a client of AWS makes of a connection that was never there, or of an answer that never came. */
export function loseAws({ connected }: { readonly connected: boolean }): Error {
  const error = new Error("no answer");
  return connected ? Object.assign(error, { name: "TimeoutError" }) : Object.assign(error, { code: "ECONNREFUSED" });
}
