import { currencyDigits } from "#domain/money/currency.ts";
import type { SettingDefinition } from "#events/definitions/index.ts";
import { readPercent } from "./percent.ts";

/** The project's settings with every default applied (definitions.md). */
export interface Project {
  readonly timeZone: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Decimal digits of the currency's minor unit: 2 for GBP, 0 for JPY. */
  readonly currencyDigits: number;
  /** ISO 3166, for phone numbers that name no country. */
  readonly region: string;
  /** What one unit of another currency is worth in the project's. */
  readonly rates: Readonly<Record<string, number>>;
  readonly identityTypes: readonly { readonly type: string; readonly limit?: number; readonly unique?: boolean }[];
  /** How many active days are kept of a person. */
  readonly activityDays: number;
  readonly quietHours: { readonly from: string; readonly to: string };
  readonly caps: NonNullable<SettingDefinition["caps"]>;
  /** The share of people, in [0, 1], who are never sent marketing. */
  readonly controlShare: number;
  /** In which order a language is chosen for whom none is known. */
  readonly languages: readonly string[];
  readonly purposes: readonly string[];
}

/** Applies the defaults; without a setting, all of them. */
export function readProject(setting: SettingDefinition | undefined): Project {
  const currency = setting?.currency ?? "USD";
  return {
    timeZone: setting?.timeZone ?? "UTC",
    currency,
    currencyDigits: currencyDigits(currency),
    region: setting?.region ?? "US",
    rates: setting?.rates ?? {},
    identityTypes: (setting?.identityTypes ?? []).map(({ type, limit, unique }) => ({
      type,
      ...(limit !== undefined && { limit }),
      ...(unique !== undefined && { unique }),
    })),
    activityDays: setting?.activityDays ?? 400,
    quietHours: setting?.quietHours ?? { from: "21:00", to: "08:00" },
    caps: setting?.caps ?? [],
    controlShare: readPercent(setting?.controlGroup),
    languages: setting?.languages ?? [],
    purposes: setting?.purposes ?? ["marketing"],
  };
}
