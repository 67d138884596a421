import { createHash } from "node:crypto";
import type { Bundle } from "#domain/definitions/bundle.ts";
import { type CompiledBundle, compileBundle } from "#domain/definitions/compile-bundle.ts";
import type { Definition } from "#events/definitions/index.ts";
import type { Rule } from "#events/rule.ts";

export const WRITE_KEY = "wk_bench";

const rules: Readonly<Record<string, Rule>> = {
  browser: { did: { event: "Product Viewed", within: "30d", atLeast: 3 } },
  "coffee-fan": {
    did: { event: "Product Viewed", within: "30d", atLeast: 3, where: [{ property: "category", in: ["coffee"] }] },
  },
  "tea-fan": {
    did: { event: "Product Viewed", within: "30d", atLeast: 3, where: [{ property: "category", in: ["tea"] }] },
  },
  carter: { did: { event: "Product Added", within: "24h", atLeast: 1 } },
  searcher: { did: { event: "Products Searched", within: "7d", atLeast: 2 } },
  reader: { did: { event: "Page Viewed", within: "7d", atLeast: 5 } },
  "frequent-buyer": { did: { event: "Order Completed", within: "90d", atLeast: 3 } },
  "big-spender": { sum: { event: "Order Completed", property: "revenue", within: "365d", atLeast: 500 } },
  buyer: { did: { event: "Order Completed", atLeast: 1 } },
  "cart-value": { sum: { event: "Product Added", property: "price", within: "7d", atLeast: 100 } },
};

interface ShopOptions {
  readonly outOfReach?: boolean;
  readonly more?: readonly Definition[];
}

/** The definitions of a middling shop: one web source and ten tags, which ask for ten features. `outOfReach` asks for so
 *  much that nobody ever enters a tag: the same features are kept and the same rules evaluated, but nothing changes. */
export function shopBundle({ outOfReach = false } = {}): CompiledBundle {
  return compileBundle(storedShopBundle({ outOfReach }));
}

/** The same as it is stored, with more definitions where they are given. */
export function storedShopBundle({ outOfReach = false, more = [] }: ShopOptions = {}): Bundle {
  const definitions: Definition[] = [
    { kind: "setting", name: "project", currency: "GBP", region: "GB", timeZone: "Europe/London" },
    { kind: "source", name: "web", type: "web" },
    ...Object.entries(rules).map(
      ([name, rule]): Definition => ({
        kind: "tag",
        name,
        rule: outOfReach ? raised(rule) : rule,
      }),
    ),
    ...more,
  ];
  return {
    version: 1,
    definitions: definitions.map((definition) => ({
      kind: definition.kind,
      name: definition.name,
      version: 1,
      definition,
      ...(definition.kind === "source" && { keyHash: createHash("sha256").update(WRITE_KEY).digest("hex") }),
    })),
  };
}

function raised({ did, sum }: Rule): Rule {
  const atLeast = 1_000_000;
  return { ...(did && { did: { ...did, atLeast } }), ...(sum && { sum: { ...sum, atLeast } }) };
}
