import type { Turn } from "#domain/sending/send-ports.ts";

interface TurnCount {
  readonly metric: string;
  readonly reason: string;
  readonly n: number;
}

/** `TouchesSent`, `TouchesFailed`, `TouchesPutBack`… by reason. What follows a colon is a template's own name of a value:
 *  the ledger holds it, a dimension would grow without end. */
export function countTurns(turns: ReadonlyMap<string, Turn>): TurnCount[] {
  const counts = new Map<string, number>();
  for (const turn of turns.values()) {
    const key = JSON.stringify(nameOf(turn));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Array.from(counts, ([key, n]) => {
    const [metric, reason] = JSON.parse(key) as [string, string];
    return { metric, reason, n };
  });
}

function nameOf(turn: Turn): [metric: string, reason: string] {
  const { reason = "none" } = "reason" in turn ? turn : {};
  const [word = "none"] = reason.split(":");
  if (turn.kind === "ended") return [`Touches${turn.state.charAt(0).toUpperCase()}${turn.state.slice(1)}`, word];
  if (turn.kind === "later") return ["TouchesPutBack", word];
  if (turn.kind === "waits") return ["TouchesWaiting", word];
  return [turn.kind === "broke" ? "TouchAttemptsBroken" : "TouchesDropped", word];
}
