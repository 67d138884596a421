/** Who reads one of these is served by the other where their own is not there. */
const STAND_INS: Readonly<Record<string, string>> = { zh: "en", en: "zh" };

/** The locale of a message for a person: exactly theirs (`zh-TW`), one of their language, English for Chinese and the
 *  other way round, one of the project's languages in their order, the first there is. Case and `_` do not matter.
 *  `available` is not empty. */
export function chooseLocale(
  available: readonly string[],
  wanted: string | undefined,
  ofProject: readonly string[] = [],
): string {
  const exact = (locale: string) => available.find((one) => normalise(one) === normalise(locale));
  const akin = (locale: string) =>
    exact(languageOf(locale)) ?? available.find((one) => languageOf(one) === languageOf(locale));
  const find = (locale: string | undefined) => (locale === undefined ? undefined : (exact(locale) ?? akin(locale)));
  const standIn = wanted === undefined ? undefined : STAND_INS[languageOf(wanted)];
  const found = [wanted, standIn, ...ofProject].map(find).find((locale) => locale !== undefined);
  return found ?? available[0] ?? "";
}

function normalise(locale: string): string {
  return locale.trim().toLowerCase().replaceAll("_", "-");
}

function languageOf(locale: string): string {
  return normalise(locale).split("-", 1)[0] ?? "";
}
