/** Words that take somebody off: China's (R, T, TD, 退订 and their like) and those that the CTIA asks for. */
const WORDS = new Set([
  "R",
  "T",
  "TD",
  "N",
  "退订",
  "取消",
  "取消订阅",
  "STOP",
  "STOPALL",
  "UNSUBSCRIBE",
  "CANCEL",
  "END",
  "QUIT",
  "OPTOUT",
  "REVOKE",
]);

/** Whether a reply to an SMS opts out: one of the words alone, in any case, half or full width, with spaces, quotes and
 *  full stops about it. A sentence that merely holds such a word does not. */
export function isOptOutReply(text: string): boolean {
  const word = text
    .normalize("NFKC")
    .replaceAll(/[\s\p{P}]/gu, "")
    .toUpperCase();
  return WORDS.has(word);
}
