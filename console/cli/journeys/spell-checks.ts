import type { SimulatedCheck } from "#events/admin-api/simulation.ts";
import { printable } from "../spell.ts";

const NAMES: Record<SimulatedCheck["check"], string> = {
  erased: "person",
  no_address: "address",
  suppressed: "suppressions",
  no_consent: "consent",
  control_group: "control group",
  quiet_hours: "quiet hours",
  cap_reached: "caps",
};

/** A check in words, with what it saw: `quiet hours: 13:00 is outside 21:00–08:00`. */
export function spellCheck({ check, result, seen }: SimulatedCheck): string {
  const said = result === "not_asked" ? "not asked of transactional messages" : spellSeen(check, seen, result);
  return `${NAMES[check]}: ${said}`;
}

function spellSeen(check: SimulatedCheck["check"], seen: unknown, result: SimulatedCheck["result"]): string {
  const known = (typeof seen === "object" && seen !== null ? seen : {}) as Record<string, unknown>;
  switch (check) {
    case "erased":
      return seen === true ? "erased" : "there";
    case "no_address":
      return seen === null ? "none for this channel" : printable(seen);
    case "suppressed":
      return seen === true ? "the address is suppressed" : "the address is not suppressed";
    case "no_consent":
      return spellConsent(known, seen !== null);
    case "control_group":
      if (known.share === 0) return "there is none";
      return `${known.drawn === true ? "in" : "not in"} the ${spellShare(Number(known.share))} who are never sent marketing`;
    case "quiet_hours": {
      const hours = `${printable(known.from)}–${printable(known.to)}`;
      return `${printable(known.clock)} in ${printable(known.zone)} is ${result === "waits" ? "within" : "outside"} ${hours}`;
    }
    case "cap_reached":
      return spellCaps(known);
    default:
      return check satisfies never;
  }
}

function spellConsent({ granted, at }: Record<string, unknown>, isSaid: boolean): string {
  if (!isSaid) return "nothing was said; marketing is denied until it is granted";
  return `${granted === true ? "granted" : "refused"} on ${printable(at).slice(0, 10)}`;
}

function spellCaps({ caps, uses }: Record<string, unknown>): string {
  const kept = Array.isArray(caps) ? (caps as { max: number; per: string }[]) : [];
  if (kept.length === 0) return "there are none";
  return `${Number(uses)} lately; at most ${kept.map(({ max, per }) => `${max} in ${per}`).join(", ")}`;
}

/** `10 %`, `12.5 %` */
export function spellShare(share: number): string {
  return `${(share * 100).toLocaleString("en-GB", { maximumFractionDigits: 1 })} %`;
}
