import type { HttpRequest } from "#aws/http-request.ts";
import type { Receipt } from "#domain/outcomes/receipt.ts";
import type { OutcomePorts } from "../ports.ts";

/** What a verifier may use beside the request. */
export type VerifierPorts = Pick<OutcomePorts, "definitions" | "certificates" | "now">;

/** Finds out whether a provider itself sent a request, and what it tells. Throws ReceiptRefusedError where it did not:
 *  nothing may have changed by then. */
export type Verifier = (ports: VerifierPorts, request: HttpRequest) => Promise<readonly Receipt[]>;
