import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { isJunkIdentifier } from "./junk-identifier.ts";

/** DynamoDB's and Kinesis's keys have limits; this is well within them in every encoding of ours. */
export const MAX_IDENTIFIER_BYTES = 512;

/** `absent`: null, undefined or empty text, which SDKs send for "not known yet". `identifier_junk` and
 *  `identifier_malformed` cost only the identifier; the other two are the sender's mistake. */
export type NormalisedIdentifier =
  | { readonly kind: "value"; readonly value: string }
  | { readonly kind: "absent" }
  | {
      readonly kind: "unusable";
      readonly code: "identifier_junk" | "identifier_malformed" | "identifier_not_text" | "identifier_too_long";
    };

/** Makes equal what means the same: trimmed, NFC, e-mail in lower case, phone as E.164 (a national number is read in
 *  the project's `region`, ISO 3166), a safe integer as text. */
export function normaliseIdentifier(type: string, given: unknown, region: string): NormalisedIdentifier {
  if (given === undefined || given === null || given === "") return { kind: "absent" };
  const text = typeof given === "number" && Number.isSafeInteger(given) ? String(given) : given;
  if (typeof text !== "string") return { kind: "unusable", code: "identifier_not_text" };
  const trimmed = text.trim().normalize("NFC");
  if (isJunkIdentifier(trimmed)) return { kind: "unusable", code: "identifier_junk" };
  if (Buffer.byteLength(trimmed) > MAX_IDENTIFIER_BYTES) return { kind: "unusable", code: "identifier_too_long" };
  const value = normaliseForm(type, trimmed, region);
  return value === undefined ? { kind: "unusable", code: "identifier_malformed" } : { kind: "value", value };
}

function normaliseForm(type: string, text: string, region: string): string | undefined {
  if (type === "email") return normaliseEmail(text);
  if (type === "phone") return normalisePhone(text, region);
  // `openid:<app>` and its value are joined by a colon in keys: one inside the value would read as another app's.
  if (type === "openid" && text.includes(":")) return undefined;
  return text;
}

function normaliseEmail(text: string): string | undefined {
  const lower = text.toLowerCase();
  if (!/^[^\s@]+@[^\s@]+$/.test(lower)) return undefined;
  return isJunkIdentifier(lower.slice(0, lower.indexOf("@"))) && isJunkIdentifier(lower.slice(lower.indexOf("@") + 1))
    ? undefined
    : lower;
}

function normalisePhone(text: string, region: string): string | undefined {
  const country: CountryCode | undefined = isSupportedCountry(region) ? region : undefined;
  const parsed = parsePhoneNumberFromString(
    text.normalize("NFKC"),
    country === undefined ? {} : { defaultCountry: country },
  );
  return parsed?.isPossible() === true ? parsed.number : undefined;
}
