import { BlockList, isIPv4, isIPv6 } from "node:net";

/** IPv4 that is not globally reachable (https://www.iana.org/assignments/iana-ipv4-special-registry), multicast and the
 *  rest of class E. 169.254.0.0/16 holds the metadata services of the clouds. */
const NOT_GLOBAL_4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
/** Of the one block of IPv6 that is given out (https://www.iana.org/assignments/iana-ipv6-special-registry) those parts
 *  that are not global, or that carry an IPv4 address in them: Teredo, 6to4. */
const NOT_GLOBAL_6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const notGlobal = new BlockList();
for (const [net, bits] of NOT_GLOBAL_4) notGlobal.addSubnet(net, bits, "ipv4");
for (const [net, bits] of NOT_GLOBAL_6) notGlobal.addSubnet(net, bits, "ipv6");
const givenOut = new BlockList();
// Whatever lies outside is loopback, link-local, unique local, multicast, IPv4-mapped or NAT64.
givenOut.addSubnet("2000::", 3, "ipv6");

/** Whether an IP address is one of the public internet's. */
export function isGlobalAddress(address: string): boolean {
  if (isIPv4(address)) return !notGlobal.check(address, "ipv4");
  // A zone (`fe80::1%eth0`) is for links only.
  if (!isIPv6(address) || address.includes("%")) return false;
  return givenOut.check(address, "ipv6") && !notGlobal.check(address, "ipv6");
}
