import type { HttpAnswer } from "#aws/http-answer.ts";
import type { HttpRequest } from "#aws/http-request.ts";
import type { Receipt, Reply } from "#domain/outcomes/receipt.ts";
import type { OutcomePorts } from "../ports.ts";

/** What a verifier may use beside the request. */
export type VerifierPorts = Pick<OutcomePorts, "definitions" | "certificates" | "secretOf" | "now">;

/** What a provider tells in one request. */
export interface Told {
  readonly receipts?: readonly Receipt[];
  readonly replies?: readonly Reply[];
  /** What it wants to read once all of it is durable. Absent: `{ "success": true }`. */
  readonly answer?: HttpAnswer;
}

/** Finds out whether a provider itself sent a request, and what it tells. Throws ReceiptRefusedError where it did not:
 *  nothing may have changed by then. */
export type Verifier = (ports: VerifierPorts, request: HttpRequest) => Promise<Told>;
