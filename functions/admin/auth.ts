import { createHash, timingSafeEqual } from "node:crypto";
import { type Role, roleAllows } from "#events/admin-api/role.ts";
import { AdminError } from "./admin-error.ts";
import type { AdminPorts } from "./ports.ts";
import type { Actor } from "./route.ts";

/** The name under which the deployment's own token acts. */
const FIRST_ADMIN: Actor = { name: "first-admin", role: "admin" };

/** Tells who asks, from `Authorization: Bearer <token>`. Throws AdminError 401 `token_missing` or `token_unknown`. */
export async function authenticate(
  authorization: string | undefined,
  { tokens, firstToken }: Pick<AdminPorts, "tokens" | "firstToken">,
): Promise<Actor> {
  const token = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) throw unauthorised("token_missing", "send Authorization: Bearer <token>");
  const hash = hashOf(token);
  const first = await firstToken();
  // Hashes have one length and tell nothing of the text: comparing them takes the same time whatever was sent.
  if (first !== undefined && timingSafeEqual(hash, hashOf(first))) return FIRST_ADMIN;
  const known = await tokens.find(hash.toString("hex"));
  if (!known) throw unauthorised("token_unknown", "this token is unknown or was revoked");
  return { name: known.name, role: known.role };
}

/** Throws AdminError 403 `role_too_weak` unless the actor may do what asks for `needed`. */
export function authorise(actor: Actor, needed: Role): void {
  if (roleAllows(actor.role, needed)) return;
  throw new AdminError(403, "role_too_weak", `this asks for ${needed}; the token is ${actor.role}`, {
    details: { needed, role: actor.role },
  });
}

/** SHA-256 of a token or a write key: all that is ever stored of it. */
export function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

function unauthorised(code: string, message: string): AdminError {
  return new AdminError(401, code, message, { headers: { "www-authenticate": 'Bearer realm="strata"' } });
}
