import * as z from "zod";
import { AdminError } from "./admin-error.ts";

/** Makes a place in a list into text that clients only hand back. `list` names the list, so that a cursor of another
 *  list is recognised as foreign. */
export function writeCursor(list: string, place: unknown): string {
  return Buffer.from(JSON.stringify([list, place])).toString("base64url");
}

/** Reads it back; undefined for no cursor. Throws AdminError 400 `cursor_invalid`. */
export function readCursor<Place extends z.ZodType>(
  list: string,
  cursor: string | undefined,
  place: Place,
): z.output<Place> | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [, value] = z
      .tuple([z.literal(list), z.unknown()])
      .parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    return place.parse(value);
  } catch (cause) {
    throw new AdminError(400, "cursor_invalid", "the cursor is not one that this list gave", {
      details: { faults: [{ path: "query.cursor", code: "cursor_invalid", message: "leave it out to start again" }] },
      cause,
    });
  }
}
