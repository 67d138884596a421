import type { PlantedBug } from "./planted-bug.ts";

/** Bugs of whoever decides and sends. */
export const SENDING_BUGS: readonly PlantedBug[] = [
  {
    name: "the provider called without a claim",
    world: "messages",
    patches: [
      {
        file: "layers/domain/sending/claim-touch.ts",
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
