import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { Definition } from "#events/definitions/index.ts";
import { makeMemoryWakePorts } from "./wake-ports.ts";

/** Compiles what authors wrote as one version of a bundle; throws where a schema refuses it. */
export function aBundleOf(written: readonly unknown[], version = 1) {
  return compileBundle({
    version,
    definitions: written.map((one) => {
      const definition = Definition.parse(one);
      return { kind: definition.kind, name: definition.name, version, definition };
    }),
  });
}

/** The stores in memory under definitions as authors write them. */
export function openJourneyWorld(...written: unknown[]) {
  return makeMemoryWakePorts(aBundleOf(written));
}
