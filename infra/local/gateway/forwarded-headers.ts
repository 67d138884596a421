import type { IncomingMessage } from "node:http";
import type { GatewayRequest } from "./request.ts";

/**
 * The headers of a request with what either kind of gateway says of how it came: the client's address, the port, the
 * protocol. Locally that is http, which SDKs that ask for their settings have to be told.
 */
export function addForwardedHeaders(request: IncomingMessage): Pick<GatewayRequest, "headers" | "rawHeaders"> {
  const { headers, rawHeaders, socket } = request;
  const forwarded: Record<string, string> = {
    "x-forwarded-for": [headers["x-forwarded-for"], socket.remoteAddress].filter(Boolean).join(", "),
    "x-forwarded-port": String(socket.localPort),
    "x-forwarded-proto": "http",
  };
  // Names stand at even places, each before its value.
  const sent = rawHeaders.filter((_, index) => !((rawHeaders[index & ~1] ?? "").toLowerCase() in forwarded));
  return { headers: { ...headers, ...forwarded }, rawHeaders: [...sent, ...Object.entries(forwarded).flat()] };
}
