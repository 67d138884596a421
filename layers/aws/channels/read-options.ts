import type * as z from "zod";
import type { ChannelDefinition } from "#events/definitions/channel.ts";

/** What a channel's definition asks of its adapter cannot be done: an option is missing or wrong, or its secret is. */
export class ChannelSettingsError extends Error {
  override readonly name = "ChannelSettingsError";
  readonly code = "channel_settings";
  readonly retriable = false;
}

/** Reads a definition's options by an adapter's schema. Throws ChannelSettingsError naming the options, never a value. */
export function readOptions<Options>({ name, options = {} }: ChannelDefinition, schema: z.ZodType<Options>): Options {
  const read = schema.safeParse(options);
  if (read.success) return read.data;
  const wrong = [...new Set(read.error.issues.map(({ path }) => path.join(".")))].join(", ");
  throw new ChannelSettingsError(`channel ${name}: ${wrong}`);
}

/** Reads a secret that is a JSON object. Throws ChannelSettingsError where it is not there or not what the schema says. */
export async function readSecret<Secret>(
  name: string,
  secret: () => Promise<string | undefined>,
  schema: z.ZodType<Secret>,
): Promise<Secret> {
  const text = await secret();
  const parsed = schema.safeParse(parseJson(text));
  // Not zod's own message: it may quote what it found.
  if (!parsed.success) throw new ChannelSettingsError(`channel ${name}: its secret`);
  return parsed.data;
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return text;
  }
}
