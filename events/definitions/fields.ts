import * as z from "zod";

/** What every definition's name looks like, a trait's excepted: that one is the trait's own. */
export const DefinitionName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, "small letters, digits and dashes, beginning with a letter, at most 64");

export const Title = z.strictObject({
  en: z.string().min(1).max(200).optional(),
  zh: z.string().min(1).max(200).optional(),
});

/** A language, or one as it is written in a place. */
export const Locale = z.string().regex(/^[a-z]{2}(-[A-Z][A-Za-z]{1,3})?$/, "a language such as en, zh or zh-TW");

/** A share of people. */
export const Percent = z.string().regex(/^(100|\d{1,2}(\.\d{1,2})?)%$/, "a percentage such as 10%");

/** Fields that every kind has beside its own. */
export const commonFields = {
  name: DefinitionName,
  title: Title.optional(),
  description: z.string().max(2000).optional(),
};
