/** GSM 7-bit default alphabet (3GPP TS 23.038, 6.2.1), in the order of its table without the escape. */
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** Its extension table: an escape and one more, two septets that may not be parted. */
const EXTENDED = new Set("\f^{}\\[~]|€");

/** How a text travels by SMS. */
export interface SmsSize {
  readonly encoding: "gsm-7" | "ucs-2";
  /** Septets of GSM-7, 16-bit units of UCS-2. */
  readonly units: number;
  /** Messages that it is sent as, and charged for; 0 for an empty text. */
  readonly segments: number;
}

const ROOM = {
  "gsm-7": { alone: 160, joined: 153 },
  "ucs-2": { alone: 70, joined: 67 },
} as const;

/** Counts the segments of a text: GSM-7 where every character is in its alphabet, else UCS-2. A longer text is cut into
 *  joined segments, each a little shorter for the header that joins them (3GPP TS 23.040, 9.2.3.24.1); neither an escape
 *  and its character nor a surrogate pair is cut apart. `always` is for networks that send everything as UCS-2, as those
 *  of China do. */
export function measureSms(text: string, always?: "ucs-2"): SmsSize {
  const characters = Array.from(text);
  const isGsm = always === undefined && characters.every((one) => BASIC.has(one) || EXTENDED.has(one));
  const encoding = isGsm ? "gsm-7" : "ucs-2";
  const widths = characters.map((one) => (isGsm ? 1 + Number(EXTENDED.has(one)) : one.length));
  const units = widths.reduce((sum, width) => sum + width, 0);
  const { alone, joined } = ROOM[encoding];
  return { encoding, units, segments: units <= alone ? Math.min(1, units) : cut(widths, joined) };
}

function cut(widths: readonly number[], room: number): number {
  let segments = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > room) {
      segments += 1;
      used = 0;
    }
    used += width;
  }
  return segments;
}
