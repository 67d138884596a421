import type { Dice } from "../../dice.ts";
import type { Scope } from "../watch/watch-refusals.ts";

/** One thing that a provider may tell of a message. */
export interface Told {
  readonly kind: "Delivered" | "Bounced" | "Complained";
  /** In the provider's own word. */
  readonly word: string;
  /** Of the event: `strata:<touch>:bounced:<occurrence>`. */
  readonly occurrence?: string;
  /** What is no longer sent there. */
  readonly scope?: Scope;
}

/** What each adapter reads of its provider; the others tell nothing. */
const STORIES: Readonly<Record<string, readonly (readonly Told[])[]>> = {
  ses: [
    [{ kind: "Delivered", word: "" }],
    [{ kind: "Bounced", word: "Permanent", occurrence: "permanent", scope: "all" }],
    [
      { kind: "Bounced", word: "Transient", occurrence: "transient" },
      { kind: "Delivered", word: "" },
    ],
    [
      { kind: "Delivered", word: "" },
      { kind: "Complained", word: "abuse", scope: "all" },
    ],
  ],
  aliyun: [
    [{ kind: "Delivered", word: "DELIVERED" }],
    [
      {
        kind: "Bounced",
        word: "isv.MOBILE_NUMBER_ILLEGAL",
        occurrence: "isv.mobile_number_illegal",
        scope: "all",
      },
    ],
    [{ kind: "Bounced", word: "USER_REJECT", occurrence: "user_reject", scope: "marketing" }],
    [{ kind: "Bounced", word: "MOBILE_NOT_ON_SERVICE", occurrence: "mobile_not_on_service" }],
  ],
  aws: [
    [{ kind: "Delivered", word: "TEXT_DELIVERED" }],
    [{ kind: "Bounced", word: "TEXT_INVALID", occurrence: "invalid", scope: "all" }],
    [
      { kind: "Bounced", word: "TEXT_UNREACHABLE", occurrence: "unreachable" },
      { kind: "Delivered", word: "TEXT_SUCCESSFUL" },
    ],
  ],
  "official-account": [
    [{ kind: "Delivered", word: "success" }],
    [{ kind: "Bounced", word: "failed:user block", occurrence: "blocked", scope: "marketing" }],
    [{ kind: "Bounced", word: "failed: system failed", occurrence: "system" }],
  ],
};

/** What a provider will tell of a message that it took: mostly that it arrived. */
export function drawTold(dice: Dice, adapter: string): readonly Told[] {
  const [delivered = [], ...others] = STORIES[adapter] ?? [];
  if (others.length === 0) return [];
  return dice.chance(0.7) ? delivered : dice.pick(others);
}

export function eventIdOf(touchId: string, { kind, occurrence }: Told): string {
  return ["strata", touchId, kind.toLowerCase(), ...(occurrence === undefined ? [] : [occurrence])].join(":");
}
