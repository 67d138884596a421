import type { LocalStack } from "../support/local-stack.ts";

/** Moves the runtime's clock and returns when it has arrived and everything that fell due on the way is done.
 *  `{ advance: "1h" }` or `{ set: "2026-12-24T18:00:00Z" }`. */
export async function moveClock(
  stack: LocalStack,
  to: { readonly advance: string } | { readonly set: string },
): Promise<void> {
  const response = await stack.admin("/local/clock", { method: "POST", body: JSON.stringify(to) });
  if (!response.ok) throw new Error(`/local/clock answered ${response.status}: ${await response.text()}`);
  await stack.quiet();
}
