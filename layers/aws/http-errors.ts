import type { MiddlewareObj } from "@middy/core";
import type { HttpAnswer } from "./http-answer.ts";

/** Middleware: turns an error that the API documents into its answer, by `answerOf`; any other error goes on to the
 *  next error middleware. */
export function httpErrors(answerOf: (error: unknown) => HttpAnswer | undefined): MiddlewareObj<unknown, HttpAnswer> {
  return {
    onError: (request) => {
      if (request.response !== undefined) return;
      const answer = answerOf(request.error);
      if (answer !== undefined) request.response = answer;
    },
  };
}
