import type { PlantedBug } from "./planted-bug.ts";

/** Bugs on the way of events: in the fold, its stores and its streams. */
export const EVENT_BUGS: readonly PlantedBug[] = [
  {
    name: "marking before the effect",
    patches: [
      {
        file: "functions/fold/fold-person.ts",
        find: "const profile = nextVersion(before, { state }, now, bundle, heard);",
        replace: `const marked = { ...before, version: before.version + 1, state: { ...before.state, seen: state.seen } };
          if ((await ports.profiles.save(marked)) === "conflict") return "lost";
          const profile = nextVersion(marked, { state }, now, bundle, heard);`,
      },
    ],
  },
  {
    name: "Promise.all over a batch",
    patches: [
      {
        file: "layers/aws/stream.ts",
        find: "({ kinesis }) => kinesis.partitionKey",
        replace: "({ kinesis }) => kinesis.sequenceNumber",
      },
    ],
  },
  {
    name: "ignored FailedRecordCount",
    patches: [
      {
        file: "layers/aws/streams/event-stream.ts",
        find: "if (!answer.FailedRecordCount) return",
        replace: "if (answer) return",
      },
    ],
  },
  {
    name: "ignored UnprocessedKeys",
    world: "unread",
    patches: [
      {
        file: "layers/aws/stores/batch-get.ts",
        find: "wanted = (answer.UnprocessedKeys?.[table]?.Keys as Item[] | undefined) ?? [];",
        replace: "wanted = [];",
      },
    ],
  },
  {
    name: "missing version condition",
    patches: [
      {
        file: "layers/aws/stores/profile-store.ts",
        find: 'isNew ? "attribute_not_exists(pk)" : "v = :before"',
        replace: 'isNew ? "attribute_not_exists(pk)" : "attribute_exists(pk)"',
      },
    ],
  },
  {
    name: "outbox cleared before publishing",
    patches: [
      {
        file: "layers/domain/profile/publish-outboxes.ts",
        find: "unpublished = await facts.publish(",
        replace: `for (const { id, version } of owing) await profiles.clearOutbox(id, version);
          unpublished = await facts.publish(`,
      },
    ],
  },
  {
    name: "folding onto an unpublished outbox",
    patches: [
      {
        file: "layers/domain/profile/publish-outboxes.ts",
        find: "const failures = await publishOutboxes(ports, [...people.values()]);",
        replace: "const failures = new Map();",
      },
    ],
  },
  {
    name: "folding before claiming",
    patches: [
      {
        file: "functions/fold/fold-batch.ts",
        find: "const claimed = await claim(ports, id, roots.people.get(id), plan, bundle);",
        replace: `const reserved = plan.reservations.get(id) ?? new Map();
          const claimed = await reservePerson(ports, id, roots.people.get(id), reserved, bundle);`,
      },
      {
        file: "functions/fold/fold-batch.ts",
        find: `for (const task of part) task.state = "folded";`,
        replace: `const wanted = [...plan.claims].filter(([, owner]) => owner === id).map(([key]) => key);
          await Promise.all(wanted.map((key) => ports.identities.claim(key, id)));
          for (const task of part) task.state = "folded";`,
      },
    ],
  },
  {
    name: "no intent before the freeze",
    world: "crowded",
    patches: [
      {
        file: "layers/domain/identity/merge-people.ts",
        find: "return ports.profiles.save(withIntent(winner, loser));",
        replace: "return ports.profiles.save({ ...loser, version: loser.version + 1, mergedInto: winner.id });",
      },
    ],
  },
  {
    name: "absorbing without the absorbed check",
    patches: [
      {
        file: "layers/domain/identity/merge-people.ts",
        find: `if ((await saveProfile(ports, root, next)) === "conflict") return;`,
        replace: `if ((await saveProfile(ports, root, next)) === "conflict") {
          const now = (await ports.profiles.load([root.id])).get(root.id);
          if (now && now.mergedInto === undefined) await absorb(ports, loser, now);
          return;
        }`,
      },
    ],
  },
  {
    name: "absorbing a grandchild first",
    world: "chains",
    patches: [
      {
        file: "layers/domain/identity/merge-people.ts",
        find: "way.toReversed().find(",
        replace: "way.find(",
      },
    ],
  },
  {
    name: "tombstones deleted at once",
    patches: [
      {
        file: "layers/aws/stores/tag-store.ts",
        find: "const TOMBSTONE_DAYS = 30;",
        replace: "const TOMBSTONE_DAYS = 0;",
      },
    ],
  },
  {
    name: "dedupe memory lost on merge",
    patches: [
      {
        file: "layers/domain/profile/merge.ts",
        find: "b.seen,",
        replace: "new Map(),",
      },
    ],
  },
  {
    name: "acknowledging a failed record",
    patches: [
      {
        file: "functions/fold/make-fold-handler.ts",
        find: "batchItemFailures: [{ itemIdentifier: failure.retryFrom }]",
        replace: "batchItemFailures: []",
      },
    ],
  },
];
