import type { SendResult } from "#domain/ports/channel.ts";
import type { Dice } from "../../dice.ts";
import type { Verdict } from "./fates.ts";

/** A provider of mail that speaks no protocol: what it says is the result itself. */
export function answerMail(dice: Dice, verdict: Verdict, take: () => number): SendResult {
  switch (verdict) {
    case "refused":
      return { kind: "failed", code: "refused" };
    case "address dead":
      return { kind: "failed", code: "refused", suppress: true };
    case "opted out":
      return { kind: "failed", code: "opted_out", suppress: "marketing" };
    case "throttled":
      return {
        kind: "retry",
        afterMs: dice.pick([0, 30_000, 20 * 60_000]),
        code: "throttled",
        healthy: dice.chance(0.5),
      };
    case "broken":
      if (dice.chance(0.5)) take();
      return { kind: "unknown", code: "provider_error" };
    default:
      return { kind: "sent", providerId: `mail-${take()}` };
  }
}
