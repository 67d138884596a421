/** `"10%"` as 0.1; 0 where nothing is said. */
export function readPercent(text: string | undefined): number {
  return text === undefined ? 0 : Number(text.slice(0, -1)) / 100;
}
