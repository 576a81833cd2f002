// Phone numbers in E.164. "Possible" (length fits the country) is asked, never "valid": numbering
// plans change faster than any table, and only the carrier knows what rings.

import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";

export type PhoneNumber = { e164: string; country: string | null };

/** Null unless `text` is E.164 to the letter and a possible number. */
export function parsePhone(text: string): PhoneNumber | null {
  if (!/^\+[1-9]\d{1,14}$/.test(text)) return null;
  const parsed = parsePhoneNumberFromString(text);
  if (parsed === undefined || !parsed.isPossible() || parsed.number !== text) return null;
  return { e164: text, country: parsed.country ?? null };
}

/** Whether this is the ISO 3166 code, in capitals, of a country that has numbers. */
export function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && isSupportedCountry(code);
}

/** @param allowedCountries country codes; `*` stands for all, also for numbers of no country. */
export function mayBeRung(phone: string, allowedCountries: readonly string[]): boolean {
  const country = parsePhone(phone)?.country ?? "unknown";
  return allowedCountries.includes("*") || allowedCountries.includes(country);
}
