import middy from "@middy/core";
import httpCors from "@middy/http-cors";
import httpErrorHandler from "@middy/http-error-handler";
import httpSecurityHeaders from "@middy/http-security-headers";
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { HttpAnswer } from "./http-answer.ts";
import { httpErrors } from "./http-errors.ts";
import { type HttpRequest, readHttpRequest } from "./http-request.ts";

export type HttpHandler = (
  event: APIGatewayProxyEvent | APIGatewayProxyEventV2,
  context: Context,
) => Promise<HttpAnswer>;

/** An HTTP function: both gateways' events in, an answer out, with the headers that every answer has. Browsers of any
 *  origin may call it. `answerError` knows the API's documented errors; any other is logged and answered
 *  `unexpectedBody` with status 500. */
export function makeHttpHandler(api: {
  handle: (request: HttpRequest) => Promise<HttpAnswer>;
  answerError: (error: unknown) => HttpAnswer | undefined;
  unexpectedBody: unknown;
  logError: (error: unknown) => void;
  cors: { headers: string; methods: string };
  /** True where answers that are pages bring a Content-Security-Policy of their own. */
  hasOwnPagePolicy?: boolean;
}): HttpHandler {
  const stack = middy<APIGatewayProxyEvent | APIGatewayProxyEventV2, HttpAnswer>({
    // The gateway's time-out is the function's: an early answer could deny what is being stored.
    timeoutEarlyInMillis: 0,
  })
    .use(
      httpSecurityHeaders({
        // A tracking pixel is an image on other people's pages.
        crossOriginResourcePolicy: { policy: "cross-origin" },
        contentSecurityPolicy: api.hasOwnPagePolicy !== true,
      }),
    )
    .use(
      httpCors({
        origin: "*",
        headers: api.cors.headers,
        methods: api.cors.methods,
        maxAge: 86_400,
        disableBeforePreflightResponse: false,
      }),
    )
    // Error middlewares run from the last to the first.
    .use(httpErrorHandler({ logger: api.logError, fallbackMessage: JSON.stringify(api.unexpectedBody) }))
    .use(httpErrors(api.answerError))
    .handler((event: APIGatewayProxyEvent | APIGatewayProxyEventV2) => api.handle(readHttpRequest(event)));
  return async (event, context) => {
    const answer: unknown = await stack(event, context);
    return answer as HttpAnswer;
  };
}
