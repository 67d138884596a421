import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { basic, makeCollectHarness } from "../../support/collect-harness.ts";

const json = fc.jsonValue().map((value) => JSON.stringify(value));
const calls = fc
  .array(
    fc.oneof(
      fc.jsonValue(),
      fc.record({ type: fc.constantFrom("track", "page", "x"), userId: fc.jsonValue(), event: fc.string() }),
    ),
  )
  .map((batch) => JSON.stringify({ batch }));
const base64 = json.map((text) => Buffer.from(text).toString("base64"));
const text = fc.oneof(
  json,
  calls,
  fc.string({ unit: "binary" }),
  base64,
  base64.map((data) => `data=${encodeURIComponent(data)}`),
);
const body = fc.oneof(
  text.map((value) => Buffer.from(value)),
  fc.uint8Array({ maxLength: 200 }),
  text.map((value) => gzipSync(value)),
  fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.concat([Buffer.from([0x1f, 0x8b]), bytes])),
);
const path = fc.oneof(
  fc.constantFrom(
    "/v1/batch",
    "/v1/track",
    "/v1/identify",
    "/v1/g",
    "/v1/import",
    "/sa",
    "/sa.gif",
    "/v1/projects/%ff/settings",
    "/",
  ),
  fc.webPath(),
);
const request = fc.record({
  method: fc.constantFrom("POST", "POST", "POST", "GET", "PUT", "OPTIONS"),
  path: fc
    .tuple(path, fc.constantFrom("", "?project=SERVER_KEY", "?token=x", "?data=e30%3D", "?%"))
    .map((parts) => parts.join("")),
  headers: fc.record({
    authorization: fc.constantFrom(basic("SERVER_KEY"), basic("WEB_KEY"), "Basic =", "Bearer x"),
    "content-type": fc.constantFrom("application/json", "text/plain", "application/x-www-form-urlencoded", ""),
    "user-agent": fc.string(),
  }),
  body,
});

test("no request, however wrong, is answered 5xx", async () => {
  const harness = makeCollectHarness();
  const property = fc.asyncProperty(
    request,
    fc.constantFrom("http" as const, "rest" as const),
    async (sent, gateway) => {
      const answer = await harness.send(sent, gateway);
      expect(answer.statusCode).toBeGreaterThanOrEqual(200);
      expect(answer.statusCode).toBeLessThan(500);
      if (answer.statusCode >= 400) {
        expect(JSON.parse(answer.body)).toEqual({
          success: false,
          code: expect.any(String),
          message: expect.any(String),
        });
      }
    },
  );
  await fc.assert(property, { numRuns: 2000 });
  expect(harness.errors).toEqual([]);
});
