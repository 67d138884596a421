import * as z from "zod";
import { Duration } from "../duration.ts";
import { commonFields, Locale, Percent } from "./fields.ts";

const CURRENCIES = new Set(Intl.supportedValuesOf("currency"));
const Currency = z
  .string()
  .refine((code) => CURRENCIES.has(code), { error: "no ISO 4217 currency", params: { code: "currency_unknown" } });
const TimeZone = z.string().refine(isTimeZone, { error: "no IANA time zone", params: { code: "time_zone_unknown" } });
const Region = z.string().regex(/^[A-Z]{2}$/, "two capitals of ISO 3166, such as CN");
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time such as 21:00");

const IdentityType = z
  .strictObject({
    type: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, "letters, digits, _ and -, beginning with a letter"),
    /** The most values of this type that one person may have. Default: 5. */
    limit: z.int().min(1).max(1000).optional(),
    /** Two people with different values of it are never merged. Default: true for userId only. */
    unique: z.boolean().optional(),
  })
  .refine(({ limit = 1, unique }) => !unique || limit === 1, {
    path: ["limit"],
    error: "a unique type has a limit of 1",
    params: { code: "identity_unique_limit" },
  });

const Cap = z.strictObject({
  channel: z.string().min(1).max(64).optional(),
  category: z.enum(["marketing", "transactional"]).optional(),
  max: z.int().min(1),
  per: Duration,
});

/** The project's settings: one definition, named `project`. What is left out has the default that definitions.md says. */
export const SettingDefinition = z
  .strictObject({
    kind: z.literal("setting"),
    ...commonFields,
    name: z.literal("project"),
    timeZone: TimeZone.optional(),
    currency: Currency.optional(),
    /** Whose phone numbers are meant where none says its country. */
    region: Region.optional(),
    /** What one unit of another currency is worth in the project's. */
    rates: z.record(Currency, z.number().positive().max(1e12)).optional(),
    identityTypes: z.array(IdentityType).max(100).optional(),
    quietHours: z.strictObject({ from: TimeOfDay, to: TimeOfDay }).optional(),
    caps: z.array(Cap).max(100).optional(),
    /** How many active days are kept of a person, counted back from the newest. */
    activityDays: z.int().min(1).max(400).optional(),
    /** The share of people who are never sent marketing, so that its whole effect can be measured. Default: 0%. */
    controlGroup: Percent.optional(),
    /** In which order a message's language is chosen for people whose own is not known, or not there. */
    languages: z.array(Locale).min(1).max(20).optional(),
    purposes: z.array(z.string().min(1).max(64)).max(100).optional(),
  })
  .superRefine(({ identityTypes = [] }, context) => {
    const seen = new Set<string>();
    for (const [index, { type }] of identityTypes.entries()) {
      if (seen.has(type)) {
        const path = ["identityTypes", index, "type"];
        context.addIssue({ code: "custom", path, message: `${type} is there twice`, params: { code: "duplicate" } });
      }
      seen.add(type);
    }
  })
  .meta({ id: "SettingDefinition" });
export type SettingDefinition = z.infer<typeof SettingDefinition>;

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}
