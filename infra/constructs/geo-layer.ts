import { Architecture, LayerVersion, Runtime } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { collectFiles } from "../bundling/function-code.ts";

const files = [
  // Country by address, IPv4 and IPv6 (CC0).
  "node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb",
  // China: province, city and provider (MIT).
  "node_modules/ip2region/data/ip2region.db",
  "node_modules/ip2region/data/ipv6wry.db",
];

/** The IP-to-place databases, large and rarely changed, hence a layer. A function works without it: place is then unknown. */
export class GeoLayer extends Construct {
  /** Where a function finds the files. */
  static readonly directory = "/opt/geo";
  readonly version: LayerVersion;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.version = new LayerVersion(this, "Resource", {
      description: "Strata: IP-to-place databases",
      code: collectFiles("geo", files),
      compatibleArchitectures: [Architecture.ARM_64],
      compatibleRuntimes: [Runtime.NODEJS_24_X],
    });
  }
}
