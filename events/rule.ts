import * as z from "zod";

/** `30d` (calendar days, today included) or `6h` (clock hours, this one included), at most 400 days. */
export const Duration = z
  .string()
  .regex(/^[1-9]\d{0,3}[dh]$/, "a duration is a whole number of days or hours, such as 30d or 6h")
  .refine((text) => Number(text.slice(0, -1)) <= (text.endsWith("d") ? 400 : 9600), "a duration is at most 400d");

const Scalar = z.union([z.string(), z.number(), z.boolean()]);

/** One comparison: exactly one operator. */
const operators = {
  is: Scalar,
  in: z.array(Scalar).min(1).max(1000),
  notIn: z.array(Scalar).min(1).max(1000),
  contains: z.string().min(1),
  startsWith: z.string().min(1),
  exists: z.boolean(),
  gt: z.number(),
  gte: z.number(),
  lt: z.number(),
  lte: z.number(),
  before: z.iso.datetime({ offset: true }).or(z.iso.date()),
  after: z.iso.datetime({ offset: true }).or(z.iso.date()),
};
