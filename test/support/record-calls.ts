/** A store whose every call is kept, with what it was given, as JSON. */
export function recordCalls<Store extends object>(store: Store, calls: string[]): Store {
  return new Proxy(store, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== "function") return method;
      return (...given: unknown[]) => {
        calls.push(
          `${String(name)} ${JSON.stringify(given, (_, value) => (value instanceof Map ? [...value] : value))}`,
        );
        return method.apply(target, given);
      };
    },
  });
}
