import { createHash } from "node:crypto";

/** A number in [0, 1) that a person always draws for the same purpose: the first 48 bits of SHA-256. Different purposes
 *  are independent, so a holdout says nothing about an arm. */
export function drawShare(purpose: string, person: string): number {
  return createHash("sha256").update(`${purpose}\n${person}`).digest().readUIntBE(0, 6) / 2 ** 48;
}

/** The arm that a person draws, each with the share of its weight in the sum of all. `arms` is not empty. */
export function drawArm(experiment: string, person: string, arms: readonly (readonly [string, number])[]): string {
  const total = arms.reduce((sum, [, weight]) => sum + weight, 0);
  let left = drawShare(`experiment ${experiment}`, person) * total;
  for (const [arm, weight] of arms) {
    left -= weight;
    if (left < 0) return arm;
  }
  // Rounding may leave a hair's breadth: it belongs to the last.
  return arms.at(-1)?.[0] ?? "";
}
