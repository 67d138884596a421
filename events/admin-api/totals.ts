import * as z from "zod";
import { Amount, Instant } from "./answer.ts";

/** Everyone, added up by an exact scan. */
export const Totals = z
  .object({
    people: z.int().meta({ description: "Merged people count once." }),
    buyers: z.int().meta({ description: "People with at least one order that was not cancelled." }),
    orders: z.int(),
    revenue: Amount.meta({ description: "Gross, in the project's currency." }),
    refunds: z.object({ count: z.int(), amount: Amount }),
    memberships: z.record(z.string(), z.int()).meta({ description: "People by membership key, as stored." }),
    exact: z.literal(true),
    at: Instant.meta({ description: "When the scan began." }),
  })
  .meta({
    id: "Totals",
    example: {
      people: 4372,
      buyers: 4338,
      orders: 18532,
      revenue: { amount: 891140790, currency: "GBP" },
      refunds: { count: 3654, amount: { amount: 61122310, currency: "GBP" } },
      memberships: { "tag:frequent-buyer": 412 },
      exact: true,
      at: "2026-03-01T09:30:00.000Z",
    },
  });
export type Totals = z.infer<typeof Totals>;
