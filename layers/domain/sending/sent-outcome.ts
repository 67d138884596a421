import type { Outcome } from "#domain/touches/outcome-event.ts";
import type { Touch } from "#domain/touches/touch.ts";

/** `Message Sent` of a touch, with the number of SMS that it took. */
export function sentOutcome(touch: Touch, of: Pick<Outcome, "person" | "at" | "calendar" | "now">): Outcome {
  const { segments } = touch;
  return { name: "Sent", touch, ...of, ...(segments !== undefined && { properties: { segments } }) };
}
