import * as z from "zod";
import { PropertyCondition } from "../../rule/condition.ts";

export const EventName = z.string().min(1).max(256);

/** An event by its name and, where given, by its properties: every condition must hold. */
export const eventMatch = {
  event: EventName,
  where: z.array(PropertyCondition).min(1).max(50).optional(),
};
