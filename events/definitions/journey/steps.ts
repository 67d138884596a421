import * as z from "zod";
import { Rule } from "../../rule.ts";
import { DefinitionName } from "../fields.ts";
import { eventMatch } from "./event-match.ts";
import { StepDuration } from "./step-duration.ts";
import { TimeOfDay } from "./trigger.ts";

export const MAX_STEPS = 50;
/** Branches in branches beyond this are no plan that anyone could read. */
const MAX_DEPTH = 8;

const Wait = z
  .strictObject({
    for: StepDuration.optional(),
    /** The next such time of day. */
    until: TimeOfDay.optional(),
    /** Whose clock `until` means: the person's (the project's where theirs is not known), the project's, or a zone. */
    zone: z.string().min(1).max(64).optional(),
  })
  .refine((wait) => (wait.for === undefined) !== (wait.until === undefined), {
    error: "either for or until",
    params: { code: "wait_for_or_until" },
  })
  .refine((wait) => wait.zone === undefined || wait.until !== undefined, {
    path: ["zone"],
    error: "a zone goes with until",
    params: { code: "wait_zone_without_until" },
  });

const Split = z.strictObject({
  /** The same person gets the same arm in every journey of one experiment. */
  experiment: DefinitionName,
  /** Weights by arm: shares of their sum. */
  arms: z
    .record(DefinitionName, z.number().positive().max(1e6))
    .refine((arms) => Object.keys(arms).length >= 2 && Object.keys(arms).length <= 20, {
      error: "2 to 20 arms",
      params: { code: "split_arms" },
    }),
});

/** Channels of which nobody ever tells that a message was opened. */
const NEVER_OPENED: ReadonlySet<string> = new Set(["log"]);

const Send = z
  .strictObject({
    channel: z.union([DefinitionName, z.array(DefinitionName).min(1).max(7)]).meta({
      description: "One channel, or several in order: the first by which the person can be reached.",
      example: ["push", "email"],
    }),
    prefer: z.literal("person").optional().meta({
      description: "Of several channels the one whose messages this person opens most; the order decides among equals.",
    }),
    template: DefinitionName,
    category: z.enum(["marketing", "transactional"]),
    /** What happens where a frequency cap is reached. Default: skip. */
    overCap: z.enum(["skip", "wait"]).optional(),
  })
  .superRefine(({ channel, prefer }, context) => {
    const channels = [channel].flat();
    for (const [index, name] of channels.entries()) {
      const path = Array.isArray(channel) ? ["channel", index] : ["channel"];
      if (channels.indexOf(name) !== index) {
        const message = `${name} is there twice`;
        context.addIssue({ code: "custom", path, message, params: { code: "duplicate" } });
      } else if (prefer !== undefined && NEVER_OPENED.has(name)) {
        const message = `nobody opens a message in the ${name}: prefer cannot compare it`;
        context.addIssue({ code: "custom", path, message, params: { code: "prefer_without_opens" } });
      }
    }
    if (prefer === undefined || channels.length > 1) return;
    const message = "prefer chooses between channels: name two or more";
    context.addIssue({ code: "custom", path: ["prefer"], message, params: { code: "prefer_one_channel" } });
  })
  .meta({ id: "SendStep" });

const TagChange = z
  .strictObject({ add: DefinitionName.optional(), remove: DefinitionName.optional() })
  .refine(({ add, remove }) => (add === undefined) !== (remove === undefined), {
    error: "either add or remove",
    params: { code: "tag_add_or_remove" },
  });

const Then = z.literal(["end", "continue"]);

export interface WaitForStep {
  readonly event: string;
  readonly where?: z.infer<typeof eventMatch.where>;
  readonly for: string;
  readonly then?: "end" | "continue" | Step[] | undefined;
  readonly else?: "end" | "continue" | Step[] | undefined;
}

export interface BranchCase {
  readonly when?: z.infer<typeof Rule> | undefined;
  readonly arm?: string | string[] | undefined;
  readonly then?: Step[] | undefined;
  readonly else?: Step[] | undefined;
}

/** One step: exactly one of the keys. */
export interface Step {
  readonly wait?: z.infer<typeof Wait> | undefined;
  readonly waitFor?: WaitForStep | undefined;
  readonly split?: z.infer<typeof Split> | undefined;
  readonly branch?: BranchCase[] | undefined;
  readonly send?: z.infer<typeof Send> | undefined;
  readonly tag?: z.infer<typeof TagChange> | undefined;
  readonly end?: true | undefined;
}
export type SendStep = z.infer<typeof Send>;

const StepList = z.array(z.lazy(() => StepNode)).max(MAX_STEPS);

/** What follows where the event came in time (`then`) and where it did not (`else`): the next step unless said. */
const WaitFor = z.strictObject({
  ...eventMatch,
  for: StepDuration,
  then: z.union([Then, StepList]).optional(),
  else: z.union([Then, StepList]).optional(),
});

const Case = z
  .strictObject({
    when: Rule.optional(),
    /** An arm of the last split. */
    arm: z.union([DefinitionName, z.array(DefinitionName).min(1).max(20)]).optional(),
    then: StepList.optional(),
    else: StepList.optional(),
  })
  .refine(
    (one) =>
      one.else === undefined
        ? (one.when === undefined) !== (one.arm === undefined) && one.then !== undefined
        : one.when === undefined && one.arm === undefined && one.then === undefined,
    { error: "a case is { when, then }, { arm, then } or { else }", params: { code: "branch_case" } },
  );

const Branch = z
  .array(Case)
  .min(1)
  .max(20)
  .refine((cases) => cases.every((one, index) => one.else === undefined || index === cases.length - 1), {
    error: "else comes last",
    params: { code: "branch_else_last" },
  });

const StepNode: z.ZodType<Step> = z
  .strictObject({
    wait: Wait.optional(),
    waitFor: WaitFor.optional(),
    split: Split.optional(),
    branch: Branch.optional(),
    send: Send.optional(),
    tag: TagChange.optional(),
    end: z.literal(true).optional(),
  })
  .refine((step) => Object.keys(step).length === 1, {
    error: "one key only: wait, waitFor, split, branch, send, tag or end",
    params: { code: "step_one_key" },
  })
  .meta({ id: "JourneyStep" }) as z.ZodType<Step>;

/** The steps of a journey, at most 50 with those in branches, 8 levels deep; checked before anything recurses. */
export const Steps = z.preprocess((input, context) => {
  const { steps, depth } = measure(input, 0);
  if (depth > MAX_DEPTH) {
    context.addIssue({
      code: "custom",
      message: `deeper than ${MAX_DEPTH} levels`,
      params: { code: "steps_too_deep" },
    });
    return [];
  }
  if (steps > MAX_STEPS) {
    context.addIssue({
      code: "custom",
      message: `${steps} steps; at most ${MAX_STEPS}`,
      params: { code: "steps_too_many" },
    });
    return [];
  }
  return input;
}, StepList.min(1));

function measure(input: unknown, depth: number): { steps: number; depth: number } {
  if (!Array.isArray(input) || depth > MAX_DEPTH) return { steps: 0, depth };
  let steps = 0;
  let deepest = depth;
  for (const step of input as unknown[]) {
    if (typeof step !== "object" || step === null) continue;
    steps += 1;
    for (const inner of innerLists(step as Record<string, unknown>)) {
      const found = measure(inner, depth + 1);
      steps += found.steps;
      deepest = Math.max(deepest, found.depth);
    }
  }
  return { steps, depth: deepest };
}

function innerLists({ waitFor, branch }: Record<string, unknown>): unknown[] {
  const holders = [waitFor, ...(Array.isArray(branch) ? (branch as unknown[]) : [])];
  return holders.flatMap((holder) =>
    typeof holder === "object" && holder !== null
      ? [(holder as { then?: unknown }).then, (holder as { else?: unknown }).else]
      : [],
  );
}
