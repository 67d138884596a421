/** Bytes of a URL as JSON in UTF-8. A token is a third longer than what it holds, and is read up to 4,096 characters. */
const MAX_URL_BYTES = 2_700;

/** Whether a link that stands for a URL can be read again. A longer one is left as it is in the message: it works, but
 *  clicks on it are not counted. Pure. */
export function isTrackable(url: string): boolean {
  return Buffer.byteLength(JSON.stringify(url)) <= MAX_URL_BYTES;
}
