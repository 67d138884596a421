import * as z from "zod";

/** Weakest first: each role may do what those before it may. */
export const Role = z.enum(["viewer", "operator", "admin"]).meta({
  description: "viewer reads; operator also changes definitions and tags and replays; admin also manages tokens.",
});
export type Role = z.infer<typeof Role>;

/** True if `role` may do what asks for `needed`. */
export function roleAllows(role: Role, needed: Role): boolean {
  return Role.options.indexOf(role) >= Role.options.indexOf(needed);
}
