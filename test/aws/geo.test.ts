import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeGeoLookup } from "#aws/geo.ts";
import type { GeoLookup } from "#domain/ports/geo-lookup.ts";

const FILES = [
  "node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb",
  "node_modules/ip2region/data/ip2region.db",
  "node_modules/ip2region/data/ipv6wry.db",
];

describe("with the databases of the layer", () => {
  let directory: string;
  let geo: GeoLookup;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "geo-"));
    for (const file of FILES) cpSync(file, join(directory, file.slice(file.lastIndexOf("/") + 1)));
    geo = makeGeoLookup(directory);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test("Chinese addresses have a province and a city", () => {
    expect(geo.find("202.96.128.86")).toMatchObject({ country: "CN", region: "广东省" });
    expect(geo.find("202.96.209.5")).toMatchObject({ country: "CN", region: "上海", city: "上海市" });
    expect(geo.find("240e:3b7:3272:d8d0::1")?.country).toBe("CN");
  });
  test("others have a country, IPv6 too", () => {
    expect(geo.find("8.8.8.8")).toEqual({ country: "US" });
    expect(geo.find("::ffff:8.8.8.8")).toEqual({ country: "US" });
    expect(geo.find("2001:4860:4860::8888")).toEqual({ country: "US" });
  });
  test.each([
    "127.0.0.1",
    "10.1.2.3",
    "192.168.0.1",
    "172.31.0.1",
    "169.254.1.1",
    "100.64.0.1",
    "::1",
    "fe80::1",
    "fd00::1",
    "::ffff:10.0.0.1",
  ])("%s is nowhere", (ip) => expect(geo.find(ip)).toBeUndefined());
  test.each(["", "unknown", "1.2.3", "1.2.3.4.5", "999.1.1.1", "1.2.3.4, 5.6.7.8", "fe80::1%eth0", "\u0000"])(
    "%j is no address",
    (ip) => expect(geo.find(ip)).toBeUndefined(),
  );
});

test("without databases every place is unknown", () => {
  expect(makeGeoLookup("/nowhere").find("8.8.8.8")).toBeUndefined();
});

test("damaged databases make places unknown", () => {
  const directory = mkdtempSync(join(tmpdir(), "geo-"));
  for (const name of ["geo-whois-asn-country.mmdb", "ip2region.db", "ipv6wry.db"])
    writeFileSync(join(directory, name), "damaged");
  expect(makeGeoLookup(directory).find("8.8.8.8")).toBeUndefined();
  rmSync(directory, { recursive: true });
});
