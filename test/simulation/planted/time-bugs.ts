import type { PlantedBug } from "./planted-bug.ts";

/** Bugs of what happens when time passes, and of re-tiering runs. */
export const TIME_BUGS: readonly PlantedBug[] = [
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
];
