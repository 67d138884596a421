import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashAddress, type LinkPayload, readLink, signLink } from "#domain/links/link-token.ts";
import { isTrackable } from "#domain/links/trackable-url.ts";

const KEY = { id: "k1", secret: Buffer.alloc(32, 1) };
const OLD = { id: "k0", secret: Buffer.alloc(32, 2) };
const RING = { ...KEY, former: [OLD] };
const CLICK: LinkPayload = { k: "click", t: "touch-1", c: "email", u: "https://shop.example/cart?a=1&b=2" };

describe("link tokens", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 60 });
  const payloads = fc.oneof(
    fc.record({ k: fc.constant("click" as const), t: text, c: text, u: fc.webUrl({ withQueryParameters: true }) }),
    fc.record({ k: fc.constant("open" as const), t: text, c: text }),
    fc.record({ k: fc.constant("preferences" as const), t: text, c: text, g: text, a: text, p: text }),
  );

  test("are read as they were written, in characters that a URL takes as they are", () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const token = signLink(payload, KEY);
        expect(readLink(token, KEY)).toEqual(payload);
        expect(token).toMatch(/^[\w.-]+$/);
      }),
    );
  });

  test("a key that was replaced is still believed as long as it is kept", () => {
    const token = signLink(CLICK, OLD);
    expect(readLink(token, RING)).toEqual(CLICK);
    expect(readLink(token, KEY)).toBeUndefined();
  });

  test("of a URL that is tracked are read, whatever its length and letters", () => {
    const units = fc.constantFrom("a", "%20", "é", "您", "😀", "\u0001");
    const urls = fc
      .tuple(units, fc.integer({ min: 0, max: 6_000 }))
      .map(([unit, length]) => `https://shop.example/?q=${unit.repeat(Math.floor(length / unit.length))}`);
    const longest = { t: "t".repeat(64), c: "webhook" };
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(urls, (u) => {
        const token = signLink({ k: "click", ...longest, u }, KEY);
        seen.add(isTrackable(u));
        if (isTrackable(u)) expect(readLink(token, KEY)).toMatchObject({ u });
        else expect(u.length).toBeGreaterThan(400);
      }),
    );
    expect(isTrackable(`https://shop.example/?q=${"a".repeat(2_600)}`)).toBe(true);
    expect(seen).toEqual(new Set([true, false]));
  });

  test("no change of a single character is believed", () => {
    const token = signLink(CLICK, KEY);
    for (let index = 0; index < token.length; index++) {
      for (const other of ["A", "B", "-", "."]) {
        if (token[index] === other) continue;
        const forged = token.slice(0, index) + other + token.slice(index + 1);
        expect(readLink(forged, RING)).toBeUndefined();
      }
    }
  });

  test("arbitrary text is no token", () => {
    fc.assert(
      fc.property(fc.string(), (token) => {
        expect(readLink(token, KEY)).toBeUndefined();
      }),
    );
    expect(readLink(`k1.${"A".repeat(5_000)}.${"A".repeat(43)}`, KEY)).toBeUndefined();
  });
});

describe("the keyed hash of an address", () => {
  test("differs by address, channel and key, and never shows the address", () => {
    const hash = hashAddress("email", "ann@example.com", KEY);
    expect(hash).toBe(hashAddress("email", "ann@example.com", KEY));
    const others = [
      hashAddress("sms", "ann@example.com", KEY),
      hashAddress("email", "bob@example.com", KEY),
      hashAddress("email", "ann@example.com", OLD),
    ];
    expect(new Set([hash, ...others]).size).toBe(4);
    expect(Buffer.from(hash, "base64url").toString("latin1")).not.toContain("ann");
  });
});
