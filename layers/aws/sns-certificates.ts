import type { CertificateSource } from "#domain/ports/certificate-source.ts";

const TIMEOUT_MS = 5_000;
/** Certificates change yearly; each region has one. */
const MAX_KEPT = 20;

/** Fetches from SNS itself: the caller has checked that the URL is one of SNS's. A certificate is fetched once for each
 *  instance of the function; redirects are not followed. */
export function makeSnsCertificates(fetchUrl: typeof fetch = fetch): CertificateSource {
  const kept = new Map<string, string>();

  async function get(url: string): Promise<string> {
    const answer = await fetchUrl(url, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) throw new SnsUnavailableError(`SNS answered ${answer.status}`);
    return answer.text();
  }

  return {
    async fetchCertificate(url) {
      const known = kept.get(url);
      if (known !== undefined) return known;
      const certificate = await get(url);
      if (kept.size >= MAX_KEPT) kept.clear();
      kept.set(url, certificate);
      return certificate;
    },
    async confirm(url) {
      await get(url);
    },
  };
}

class SnsUnavailableError extends Error {
  override readonly name = "SnsUnavailableError";
  readonly code = "sns_unavailable";
  readonly retriable = true;
}
