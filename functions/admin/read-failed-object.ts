import type { FailedEvent } from "#events/failed-event.ts";
import type { AdminPorts } from "./ports.ts";

/** The failed events of an object, or why there are none: it is gone (replayed meanwhile), or cannot be read. */
export async function readFailedObject(
  object: string,
  { failed }: Pick<AdminPorts, "failed">,
): Promise<FailedEvent[] | "missing" | "unreadable"> {
  try {
    return await failed.read(object);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "failed_object_unknown") return "missing";
    if (code === "failed_object_unreadable") return "unreadable";
    throw error;
  }
}
