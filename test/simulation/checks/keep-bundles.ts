import type { Bundle } from "#domain/definitions/bundle.ts";
import type { MemoryDynamo } from "../../support/memory-dynamo.ts";
import type { MemoryS3 } from "../../support/memory-s3.ts";
import { CONFIG } from "../functions.ts";

export interface Bundles {
  at(version: number): Bundle | undefined;
  newest(): Bundle | undefined;
}

/** Every version of the definitions as it came into force. */
export function keepBundles(dynamo: MemoryDynamo, s3: MemoryS3): Bundles {
  const bundles = new Map<number, Bundle>();
  dynamo.onChange(({ table, after }) => {
    if (table !== CONFIG.STRATA_TABLE_DEFINITIONS || !after?.hash?.S) return;
    const version = Number(after.sk?.S);
    const content = JSON.parse(s3.read(`definitions/${after.hash.S}.json`) ?? "[]") as
      | Bundle["definitions"]
      | Omit<Bundle, "version">;
    bundles.set(version, { version, ...("definitions" in content ? content : { definitions: content }) });
  });
  return { at: (version) => bundles.get(version), newest: () => bundles.get(Math.max(...bundles.keys())) };
}
