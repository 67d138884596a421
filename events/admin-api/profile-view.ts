import * as z from "zod";
import { Acquisition, Device, Place } from "#events/collected-event.ts";
import { Amount, Instant } from "./answer.ts";

/** A person as the API shows one. */
export const ProfileView = z
  .object({
    profileId: z.string(),
    createdAt: Instant,
    firstSeen: Instant.nullable().meta({ description: "Null: nothing that counts as activity yet." }),
    lastSeen: Instant.nullable(),
    version: z.int(),
    identifiers: z.array(z.object({ type: z.string(), value: z.string(), since: Instant })),
    traits: z.record(z.string(), z.object({ value: z.unknown(), at: Instant })),
    orders: z.object({
      count: z.int(),
      revenue: Amount.meta({ description: "Gross; refunds stand apart." }),
      first: Instant.nullable(),
      last: Instant.nullable(),
    }),
    refunds: z.object({ count: z.int(), amount: Amount }),
    activeDays: z.int().meta({ description: "Calendar days with activity, of the newest 400." }),
    acquisition: z.object({ first: Acquisition.optional(), last: Acquisition.optional() }),
    place: Place,
    device: Device,
    memberships: z.array(z.object({ key: z.string(), since: Instant, until: Instant.nullable() })).meta({
      description:
        "As they hold at this instant. `until`: the first instant at which the answer can change with no new event.",
    }),
    tiers: z.record(z.string(), z.object({ tier: z.string(), since: Instant, previous: z.string().nullable() })),
    consent: z.record(z.string(), z.object({ granted: z.boolean(), at: Instant })),
    mergedFrom: z.array(z.string()),
  })
  .meta({
    id: "Profile",
    example: {
      profileId: "p_7c4qk2m9x0v3d8s1t6b5n4h2aa",
      createdAt: "2025-11-03T08:12:00.000Z",
      firstSeen: "2025-11-03T08:12:00.000Z",
      lastSeen: "2026-03-01T09:30:00.000Z",
      version: 12,
      identifiers: [{ type: "userId", value: "u1", since: "2025-11-03T08:12:00.000Z" }],
      traits: { city: { value: "上海", at: "2025-11-03T08:12:00.000Z" } },
      orders: {
        count: 3,
        revenue: { amount: 45900, currency: "CNY" },
        first: "2025-11-05T10:00:00.000Z",
        last: "2026-02-11T10:00:00.000Z",
      },
      refunds: { count: 0, amount: { amount: 0, currency: "CNY" } },
      activeDays: 14,
      acquisition: { first: { source: "baidu", medium: "cpc" }, last: { source: "newsletter", medium: "email" } },
      place: { country: "CN", city: "Shanghai" },
      device: { platform: "web", os: "macOS" },
      memberships: [
        { key: "tag:frequent-buyer", since: "2026-02-11T10:00:00.000Z", until: "2026-03-12T16:00:00.000Z" },
      ],
      tiers: {},
      consent: { "marketing.email": { granted: true, at: "2025-11-03T08:12:00.000Z" } },
      mergedFrom: [],
    },
  });
export type ProfileView = z.infer<typeof ProfileView>;
