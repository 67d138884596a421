import type { WorldName } from "./population.ts";

/** A bug that the simulator must find: changes of the product's text. */
export interface PlantedBug {
  readonly name: string;
  readonly patches: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
  /** The world in which it is looked for; all of them if absent. */
  readonly world?: WorldName;
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
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
  {
    name: "state saved before its timer",
    world: "rush",
    patches: [
      {
        file: "layers/domain/profile/save-profile.ts",
        find: `  const timerAt = await putTimer(ports, next, next.timerAt);
  const outcome = await ports.profiles.save({ ...next, timerAt });`,
        replace: `  const outcome = await ports.profiles.save(next);
  if (outcome === "saved") await putTimer(ports, next, next.timerAt);`,
      },
    ],
  },
  {
    name: "a watermark beyond rows that stay",
    world: "days",
    patches: [
      {
        file: "functions/wake/wake.ts",
        find: "await moveWatermark(ports.work, stored, earliest);",
        replace: "await moveWatermark(ports.work, stored, now);",
      },
    ],
  },
  {
    name: "an expiry that holds from the look on",
    world: "days",
    patches: [
      {
        file: "layers/domain/profile/apply-memberships.ts",
        find: "before.reviewAt <= now",
        replace: "before.reviewAt === now",
      },
    ],
  },
  {
    name: "a checkpoint before its people",
    world: "rush",
    patches: [
      {
        file: "layers/domain/retier/scan-people.ts",
        find: "await Promise.all(page.profiles.slice(start, start + AT_ONCE).map(visit));",
        replace: "void Promise.all(page.profiles.slice(start, start + AT_ONCE).map(visit)).catch(() => {});",
      },
    ],
  },
  {
    name: "a phase that ends with its first slice",
    world: "days",
    patches: [
      {
        file: "layers/domain/retier/finish-phase.ts",
        find: "if (slices.length < run.phaseSlices) return;",
        replace: "if (slices.length === 0) return;",
      },
    ],
  },
  {
    name: "backfill adds to what was counted",
    world: "days",
    patches: [
      {
        file: "layers/domain/retier/fill-features.ts",
        find: "let counted: ProfileState = { ...emptyState(), newestAt, newestDay, newestReceivedAt };",
        replace:
          "let counted: ProfileState = { ...emptyState(), features: state.features, newestAt, newestDay, newestReceivedAt };",
      },
    ],
  },
  {
    name: "missing rows left missing",
    world: "days",
    patches: [
      {
        file: "layers/domain/retier/mend-phase.ts",
        find: "if (lacking.length === 0) return",
        replace: "if (lacking.length >= 0) return",
      },
    ],
  },
  {
    name: "facts dropped by a run",
    world: "days",
    patches: [
      {
        file: "layers/domain/retier/retier-person.ts",
        find: "const { next } = evaluated;",
        replace: "const next = { ...evaluated.next, outbox: [] };",
      },
    ],
  },
  {
    name: "the provider called without a claim",
    world: "messages",
    patches: [
      {
        file: "layers/domain/sending/deliver.ts",
        find: "  const outcome = await touches.save(next).catch((error: unknown) => ({ error }));",
        replace: `  void touches.save(next).catch(() => {});
  const outcome = "saved" as "saved" | "conflict" | { error: unknown };`,
      },
    ],
  },
  {
    name: "marketing sent again when a lease ran out",
    world: "messages",
    patches: [
      {
        file: "layers/domain/sending/open-touch.ts",
        find: 'const mayBeSent = touch.state === "claimed" || touch.uncertain === true;',
        replace: "const mayBeSent = touch.uncertain === true;",
      },
    ],
  },
  {
    name: "no last look at the suppressions",
    world: "messages",
    patches: [
      {
        file: "layers/domain/sending/deliver.ts",
        find: "const suppressed = await lastLook(ports, claimed, candidate);",
        replace: "const suppressed = false;",
      },
      {
        file: "layers/domain/sending/open-touch.ts",
        find: "(await ports.suppressions.isSuppressed(touch.channel, touch.addressHash, touch.category));",
        replace: "false;",
      },
    ],
  },
  {
    name: "caps written unconditionally",
    world: "messages",
    patches: [
      {
        file: "layers/aws/stores/cap-store.ts",
        find: 'ConditionExpression: "r = :before",',
        replace: 'ConditionExpression: "r = :before OR attribute_exists(pk)",',
      },
    ],
  },
  {
    name: "a wait's timer gone before what is owed",
    world: "messages",
    patches: [
      {
        file: "layers/domain/journeys/advance-run.ts",
        find: "  if (run.owed) await settleOwed(ports, visit, next);",
        replace: `  if (wasAt !== undefined && wasAt !== wakeAt) await dropWait(ports, id, wasAt, revision);
  if (run.owed) await settleOwed(ports, visit, next);`,
      },
    ],
  },
  {
    name: "quiet hours looked at only when asked",
    world: "messages",
    patches: [
      {
        file: "layers/domain/sending/question.ts",
        find: "quietHours: parseQuietHours(project.quietHours),",
        replace: 'quietHours: parseQuietHours({ from: "00:00", to: "00:00" }),',
      },
    ],
  },
];

/** Throws on a name that no planted bug has. */
export function findPlantedBug(name: string): PlantedBug {
  const bug = PLANTED_BUGS.find((planted) => planted.name === name);
  if (!bug)
    throw new RangeError(`no planted bug "${name}"; there are: ${PLANTED_BUGS.map((it) => it.name).join(", ")}`);
  return bug;
}
