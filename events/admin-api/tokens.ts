import * as z from "zod";
import { Instant, pageOf } from "./answer.ts";
import { Role } from "./role.ts";

export const NewTokenRequest = z
  .strictObject({ name: z.string().trim().min(1).max(64), role: Role })
  .meta({ id: "NewTokenRequest", example: { name: "console", role: "operator" } });

/** A token as it can be shown later: its id is its SHA-256. */
export const TokenItem = z
  .object({ id: z.string(), name: z.string(), role: Role, createdAt: Instant })
  .meta({ id: "Token" });
export type TokenItem = z.infer<typeof TokenItem>;

export const TokenPage = pageOf(TokenItem).meta({ id: "TokenPage" });

export const NewToken = TokenItem.extend({
  token: z.string().meta({ description: "Shown once." }),
}).meta({
  id: "NewToken",
  example: {
    id: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    name: "console",
    role: "operator",
    createdAt: "2026-03-01T09:30:00.000Z",
    token: "sk_J2vB7n0cQw5xZr8tLk3mPa6dFs9gHy1e",
  },
});
export type NewToken = z.infer<typeof NewToken>;

export const TokenId = z.string().regex(/^[0-9a-f]{64}$/, "a token's id is 64 hexadecimal digits");
