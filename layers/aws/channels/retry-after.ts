/** What a provider asks for in `Retry-After`, in milliseconds: seconds or a date (RFC 9110, 10.2.3). 0 where it says
 *  nothing that can be read. */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}
