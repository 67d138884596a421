/** What programs print when they have no value. */
const NOTHING = new Set(
  (
    "null undefined none nil nan true false guest anonymous unknown -1 0 objectobject n/a #n/a " +
    "notset unset empty void infinity -infinity"
  ).split(" "),
);

/** What people forget to replace: documentation's examples and the names of the fields themselves. Compared without
 *  separators, so `YOUR_USER_ID`, `your-user-id` and `{{ user.id }}` are one. */
const PLACEHOLDERS = new Set(
  (
    "youruserid youranonymousid yourid youremail userid useridhere anonymousid distinctid deviceid loginid id email " +
    "customerid insertuseridhere notauthenticated testuserid exampleuserid"
  ).split(" "),
);

/** Quotes and brackets of every kind, escaped ones too (JSON inside JSON), white space, and characters that cannot be
 *  seen. */
const WRAPPING = /[\s\p{Cc}\p{Cf}\p{Pi}\p{Pf}\p{Ps}\p{Pe}"'`´<>$%\\]/gu;
const SEPARATORS = /[-_.:/|\p{Pd}]/gu;

/** True if the value names nobody: empty, only zeros or dashes, or a placeholder, in any case, quoting, spacing or
 *  width (model.md §2). Everyone who shared such a value would otherwise become one person. */
export function isJunkIdentifier(value: string): boolean {
  const bare = value.normalize("NFKC").toLowerCase().replace(WRAPPING, "");
  if (NOTHING.has(bare)) return true;
  const compact = bare.replace(SEPARATORS, "");
  return /^0*$/.test(compact) || PLACEHOLDERS.has(compact);
}
