import type { Role } from "#events/admin-api/role.ts";

/** A bearer token, known by its hash alone. */
export interface AdminToken {
  /** SHA-256 of the token, hex. */
  readonly hash: string;
  readonly name: string;
  readonly role: Role;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface TokenStore {
  /** Strongly consistent: a removed token is refused at once. */
  find(hash: string): Promise<AdminToken | undefined>;
  put(token: AdminToken): Promise<void>;
  remove(hash: string): Promise<"removed" | "absent">;
  list(page: { cursor?: string; limit: number }): Promise<{ tokens: AdminToken[]; cursor?: string }>;
}
