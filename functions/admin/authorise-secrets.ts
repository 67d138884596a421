import { isDeepStrictEqual } from "node:util";
import { type Bundle, readStored } from "#domain/definitions/bundle.ts";
import { authorise } from "./auth.ts";
import type { Actor } from "./route.ts";

/** Throws AdminError 403 `role_too_weak` where the change hands a secret to a provider and the actor is no admin: whoever
 *  says which host is shown a password can have it shown to their own. */
export function authoriseSecrets(actor: Actor, before: Bundle, after: Bundle): void {
  const known = secretHoldersOf(before);
  const isNew = ([name, definition]: [string, unknown]) => !isDeepStrictEqual(definition, known.get(name));
  if ([...secretHoldersOf(after)].some(isNew)) authorise(actor, "admin");
}

function secretHoldersOf({ definitions }: Bundle): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const stored of definitions) {
    const definition = readStored(stored);
    if (definition.kind === "channel" && definition.secret !== undefined) found.set(stored.name, definition);
  }
  return found;
}
