export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as a JSON object; undefined for arrays, null and everything else. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** The value of an own key: names such as `toString` are data here and never the prototype's. */
export function ownValue(object: JsonObject | undefined, key: string): unknown {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The text at `path`; undefined if anything on the way is missing, of another type, or empty. */
export function textAt(object: JsonObject | undefined, ...path: readonly string[]): string | undefined {
  let value: unknown = object;
  for (const key of path) value = ownValue(asObject(value), key);
  return typeof value === "string" && value !== "" ? value : undefined;
}
