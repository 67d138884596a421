import { createHash } from "node:crypto";
import type { Random } from "./random.ts";

/** What people do in the shop, with how many of a hundred actions it is. */
const SHARES = [
  ["Product Viewed", 44],
  ["Page Viewed", 30],
  ["Products Searched", 9],
  ["Product Added", 11],
  ["identify", 2],
  ["Order Completed", 4],
] as const;
export type ActionName = (typeof SHARES)[number][0];

export interface Person {
  readonly anonymousId: string;
  /** One in four has logged in. */
  readonly userId?: string;
  readonly traits: Readonly<Record<string, string | number | boolean>>;
}

export interface Product {
  readonly id: string;
  readonly category: string;
  /** Pounds. */
  readonly price: number;
}

/** Something that one person did at one instant. */
export interface Action {
  readonly person: Person;
  readonly messageId: string;
  readonly name: ActionName;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly product?: Product;
  readonly orderId?: string;
  readonly query?: string;
}

/** The `n`th person; the same at any time. */
export function aPerson(n: number): Person {
  const isCustomer = n % 4 === 0;
  return {
    anonymousId: uuidOf(`anonymous ${n}`),
    ...(isCustomer && { userId: `customer-${n}` }),
    traits: isCustomer
      ? {
          city: ["London", "Leeds", "上海", "北京"][n % 3] ?? "",
          plan: n % 8 === 0 ? "plus" : "free",
          age: 20 + (n % 50),
        }
      : { newsletter: n % 3 === 0 },
  };
}

/** Draws one action. Only customers order. */
export function anAction(random: Random, person: Person, n: number, at: number): Action {
  const name = drawName(random, person);
  const action = { person, messageId: uuidOf(`message ${n}`), name, at };
  if (name === "identify" || name === "Page Viewed") return action;
  if (name === "Products Searched") return { ...action, query: random.pick(["coffee", "green tea", "kettle"]) };
  const number = random.below(2000);
  const product = {
    id: `sku-${number}`,
    category: random.pick(["coffee", "tea", "kettles", "cups", "sugar"]),
    price: (199 + ((number * 37) % 4000)) / 100,
  };
  return { ...action, product, ...(name === "Order Completed" && { orderId: `${536_000 + n}` }) };
}

function drawName(random: Random, { userId }: Person): ActionName {
  let left = random.below(100);
  for (const [name, share] of SHARES) {
    if (left < share) return name === "Order Completed" && userId === undefined ? "Page Viewed" : name;
    left -= share;
  }
  return "Page Viewed";
}

/** A UUID (version 4 by its form) that is the same for the same text. */
function uuidOf(text: string): string {
  const hex = createHash("md5").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
