import { expect, test } from "vitest";
import { makeSnsCertificates } from "#aws/sns-certificates.ts";

const url = "https://sns.eu-west-1.amazonaws.com/a.pem";

test("a certificate is fetched once, without following redirects; a confirmation each time", async () => {
  const asked: [unknown, unknown][] = [];
  const source = makeSnsCertificates(async (input, init) => {
    asked.push([input, init?.redirect]);
    return new Response("PEM");
  });
  expect([await source.fetchCertificate(url), await source.fetchCertificate(url)]).toEqual(["PEM", "PEM"]);
  await source.confirm(`${url}?x`);
  expect(asked).toEqual([
    [url, "error"],
    [`${url}?x`, "error"],
  ]);
});

test("an answer that is none may be asked for again, and is not remembered", async () => {
  let status = 503;
  const source = makeSnsCertificates(async () => new Response("PEM", { status }));
  await expect(source.fetchCertificate(url)).rejects.toMatchObject({ code: "sns_unavailable", retriable: true });
  status = 200;
  expect(await source.fetchCertificate(url)).toBe("PEM");
});
