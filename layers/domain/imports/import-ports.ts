import type { SplitPorts } from "#domain/identity/split-people.ts";
import type { ImportObjectStore } from "#domain/ports/import-object-store.ts";
import type { TagStore } from "#domain/ports/tag-store.ts";
import type { WorkQueue } from "#domain/ports/work-queue.ts";
import type { WorkStore } from "#domain/ports/work-store.ts";

/** A worker is to look after this import. */
export interface ImportMessage {
  readonly importId: string;
}

/** Everything that working an import reaches. */
export interface ImportPorts extends SplitPorts {
  readonly tags: Pick<TagStore, "members">;
  readonly work: WorkStore;
  readonly objects: ImportObjectStore;
  readonly queue: WorkQueue<ImportMessage>;
  /** Different at each call, a few characters. */
  readonly newId: () => string;
}
