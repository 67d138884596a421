import { currencyDigits } from "#domain/money/currency.ts";
import { MONETARY_PROPERTIES } from "#domain/money/monetary-properties.ts";
import type { Flag } from "./flags.ts";
import type { JsonObject } from "./json-object.ts";

/** Sums are made this many decimal digits finer than the minor unit, so that only the result is rounded. */
const GUARD_DIGITS = 4;

/** Reads amounts of one event into minor units of the project's currency. */
export interface MoneyReader {
  /** Undefined where it is no number, where the currency has no rate, or where it is too large to be exact. */
  toMinor(amount: unknown): number | undefined;
  /** The sum of `terms`, each an amount and how often it counts, rounded once; undefined if any is no amount. */
  sumToMinor(terms: readonly { readonly amount: unknown; readonly times: number }[]): number | undefined;
  readonly flags: ReadonlySet<Flag>;
}

/** `rates` are prices of one unit of another currency in the project's (`{ EUR: 1.08 }`). An event without a currency
 *  speaks the project's. */
export function makeMoneyReader(
  given: unknown,
  project: { readonly currency: string; readonly rates: Readonly<Record<string, number>> },
): MoneyReader {
  const flags = new Set<Flag>();
  const currency = typeof given === "string" && given.trim() !== "" ? given.trim().toUpperCase() : project.currency;
  const rate = currency === project.currency ? 1 : rateOf(project.rates, currency);
  const digits = currencyDigits(project.currency);

  function convert(fine: number): number | undefined {
    if (rate === undefined) {
      flags.add("no_rate");
      return undefined;
    }
    const minor = roundHalfUp(shiftDecimal(fine * rate, -GUARD_DIGITS));
    if (Number.isSafeInteger(minor)) return minor;
    flags.add("amount_out_of_range");
    return undefined;
  }
  const fineOf = (amount: unknown): number | undefined => {
    const value = readAmount(amount);
    return value === undefined ? undefined : roundHalfUp(shiftDecimal(value, digits + GUARD_DIGITS));
  };
  return {
    flags,
    toMinor(amount) {
      const fine = fineOf(amount);
      return fine === undefined ? undefined : convert(fine);
    },
    sumToMinor(terms) {
      let total = 0;
      for (const { amount, times } of terms) {
        const fine = fineOf(amount);
        if (fine === undefined) return undefined;
        total += fine * times;
      }
      return convert(total);
    },
  };
}

/** The monetary properties of an event in minor units of the project's currency. */
export function readMoney(properties: JsonObject, reader: MoneyReader): Record<string, number> | undefined {
  const money: Record<string, number> = {};
  let found = false;
  for (const name of MONETARY_PROPERTIES) {
    const minor = Object.hasOwn(properties, name) ? reader.toMinor(properties[name]) : undefined;
    if (minor === undefined) continue;
    money[name] = minor;
    found = true;
  }
  return found ? money : undefined;
}

/** A number, or a text that is one (`"99.50"`): many shops send prices as texts. */
export function readAmount(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\s*[-+]?\d{1,15}(\.\d{1,12})?\s*$/.test(value) ? Number(value) : undefined;
}

function rateOf(rates: Readonly<Record<string, number>>, currency: string): number | undefined {
  return Object.hasOwn(rates, currency) ? rates[currency] : undefined;
}

/** `value × 10^digits` by moving the decimal point of the shortest text, not by multiplying: 1.005 × 100 is 100.49999…
 *  in binary and 100.5 in every shop's books. */
function shiftDecimal(value: number, digits: number): number {
  const [mantissa = "0", exponent = "0"] = String(value).split("e");
  return Number(`${mantissa}e${Number(exponent) + digits}`);
}

/** Halves away from zero, so that a refund rounds as its order did. Never -0. */
function roundHalfUp(value: number): number {
  return value < 0 ? 0 - Math.round(-value) : Math.round(value);
}
