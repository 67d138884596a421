import { existsSync, readFileSync } from "node:fs";
import { BlockList, isIP } from "node:net";
import { join } from "node:path";
import ip2region from "ip2region";
import { Reader } from "mmdb-lib";
import type { GeoLookup } from "#domain/ports/geo-lookup.ts";
import type { Place } from "#events/collected-event.ts";

/** Addresses that are no place: RFC 1918, loopback, link-local, carrier NAT, unique local. */
const NOWHERE = new BlockList();
for (const [network, prefix, family] of [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["::", 127, "ipv6"],
  ["fc00::", 7, "ipv6"],
  ["fe80::", 10, "ipv6"],
] as const) {
  NOWHERE.addSubnet(network, prefix, family);
}

// The package is CommonJS that says it is a transpiled ES module: Node and esbuild give its `module.exports`, a test
// runner that believes it gives the class.
const exported: object = ip2region;
const Ip2Region = ("default" in exported ? exported.default : exported) as typeof ip2region.default;

interface Databases {
  /** ISO 3166 code of an address. */
  readonly country?: { get(ip: string): unknown } | undefined;
  /** Province and city of Chinese addresses, in Chinese. */
  readonly china?: { search(ip: string): { country: string; province: string; city: string } | null } | undefined;
}

/** Looks addresses up in the databases of `directory` (layers/geo), read at the first look-up: a function that starts
 *  only to answer a health check pays nothing. Where files are missing or damaged places are unknown. `country` is an
 *  ISO 3166 code; `region` and `city` are given for China, as its database writes them (广东省, 深圳市). */
export function makeGeoLookup(directory: string): GeoLookup {
  let databases: Databases | undefined;
  return {
    find(given) {
      const ip = given.trim().replace(/^::ffff:(?=\d+\.)/i, "");
      const family = isIP(ip);
      if (family === 0 || NOWHERE.check(ip, family === 4 ? "ipv4" : "ipv6")) return undefined;
      databases ??= openDatabases(directory);
      return findPlace(databases, ip);
    },
  };
}

function findPlace({ country, china }: Databases, ip: string): Place | undefined {
  const found = unlessFailing(() => country?.get(ip));
  const code =
    typeof found === "object" && found !== null && "country_code" in found && typeof found.country_code === "string"
      ? found.country_code
      : undefined;
  const inChina = code === "CN" || code === undefined ? unlessFailing(() => china?.search(ip)) : undefined;
  if (inChina?.country === "中国") {
    return {
      country: "CN",
      ...(inChina.province && { region: inChina.province }),
      ...(inChina.city && { city: inChina.city }),
    };
  }
  return code === undefined ? undefined : { country: code };
}

function openDatabases(directory: string): Databases {
  const countryFile = join(directory, "geo-whois-asn-country.mmdb");
  const ipv4db = join(directory, "ip2region.db");
  const ipv6db = join(directory, "ipv6wry.db");
  return {
    country: unlessFailing(() => (existsSync(countryFile) ? new Reader(readFileSync(countryFile)) : undefined)),
    china: unlessFailing(() =>
      existsSync(ipv4db) ? new Ip2Region({ ipv4db, ipv6db, disableIpv6: !existsSync(ipv6db) }) : undefined,
    ),
  };
}

/** A place is never worth an event: a damaged database makes it unknown. */
function unlessFailing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
