/** The ways in which a text can stand in another. */
const SPELLINGS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => encodeURIComponent(text),
  (text) => JSON.stringify(text).slice(1, -1),
  (text) =>
    Buffer.from(text)
      .toString("base64")
      .replace(/.{0,2}=*$/, ""),
  (text) => Buffer.from(text).toString("base64url").slice(0, -2),
  (text) => Buffer.from(text).toString("hex"),
];

/** Which of the planted words a text holds, in any spelling and case. A phone number counts without its country too, a key
 *  line by line. */
export function findPlanted(text: string, planted: readonly string[]): string[] {
  const lower = text.toLowerCase();
  const words = planted.flatMap((word) => [word, ...word.split("\n"), word.replace(/^\+(86|1)(?=\d{10})/, "")]);
  return [...new Set(words)]
    .filter((word) => word.length > 7 && !word.startsWith("-----"))
    .filter((word) => SPELLINGS.some((spell) => lower.includes(spell(word).toLowerCase())));
}

/** Every text within a value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
