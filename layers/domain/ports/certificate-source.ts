/** What Amazon SNS offers over HTTPS. Both throw where the other side does not answer. */
export interface CertificateSource {
  /** The certificate at a URL, PEM. */
  fetchCertificate(url: string): Promise<string>;
  /** Confirms a subscription by opening the URL that came with the request for it. */
  confirm(url: string): Promise<void>;
}
