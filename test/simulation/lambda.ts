import type { Dice } from "./dice.ts";
import type { Equipment } from "./functions.ts";
import { Sandbox } from "./sandbox.ts";
import type { Scheduler } from "./scheduler.ts";

export type Outcome<Answer> =
  | { readonly kind: "answered"; readonly answer: Answer }
  | { readonly kind: "failed"; readonly why: string };

export interface Lambda<Event, Answer> {
  /** Runs the function on an event in a warm sandbox, or in a new one; `done` hears how it ended. */
  invoke(event: Event, done: (outcome: Outcome<Answer>) => void): void;
  /** Invocations under way. */
  running(): number;
}

/** A time-out ends the sandbox in the middle of whatever it was doing. */
const TIMEOUT_MS = 5 * 60_000;
/** What one that had stalled is still given when it comes back. */
const AFTERLIFE_MS = 60_000;
const MAX_SKEW_MS = 120_000;

/** Lambda for one function. Sandboxes stay warm and are used again, with all that the module remembers. One that stalls is
 *  given up like any other at its time-out, but comes back and goes on, beside whoever took its place. */
export function makeLambda<Event, Answer>(on: {
  name: string;
  start: (equipment: Equipment) => (event: Event) => Promise<Answer>;
  equip: (sandbox: Sandbox) => Equipment;
  scheduler: Scheduler;
  dice: Dice;
  timeoutMs?: number;
}): Lambda<Event, Answer> {
  const { name, start, equip, scheduler, dice, timeoutMs = TIMEOUT_MS } = on;
  let idle: { sandbox: Sandbox; handle: (event: Event) => Promise<Answer> }[] = [];
  let started = 0;
  let running = 0;

  function startSandbox() {
    const skewMs = dice.chance(0.5) ? 0 : dice.between(-MAX_SKEW_MS, MAX_SKEW_MS);
    const sandbox = new Sandbox(`${name}-${++started}`, scheduler, skewMs);
    return { sandbox, handle: start(equip(sandbox)) };
  }

  return {
    running: () => running,
    invoke(event, done) {
      idle = idle.filter(({ sandbox }) => sandbox.alive);
      const warm = idle.length > 0 && !dice.chance(0.1) ? dice.pick(idle) : undefined;
      const instance = warm ?? startSandbox();
      idle = idle.filter((other) => other !== instance);
      const { sandbox, handle } = instance;
      let isOver = false;
      let isGivenUp = false;
      running++;
      sandbox.begin(timeoutMs);
      const end = (outcome: Outcome<Answer>) => {
        if (isOver) return;
        isOver = true;
        running--;
        sandbox.watch(undefined);
        if (isGivenUp) sandbox.kill();
        if (sandbox.alive) idle.push(instance);
        if (!isGivenUp) done(outcome);
      };
      const giveUp = () => {
        const why = `${sandbox.name} timed out`;
        if (!sandbox.hasStalled || sandbox.asleepMs() === 0) {
          sandbox.kill();
          return end({ kind: "failed", why });
        }
        isGivenUp = true;
        done({ kind: "failed", why });
        scheduler.after(sandbox.asleepMs() + AFTERLIFE_MS, () => end({ kind: "failed", why }));
      };
      sandbox.watch(() => scheduler.after(50, () => end({ kind: "failed", why: `${sandbox.name} died` })));
      scheduler.after(timeoutMs, () => {
        if (!isOver) giveUp();
      });
      handle(event).then(
        (answer) => sandbox.after(0, () => end({ kind: "answered", answer })),
        (error: unknown) =>
          sandbox.after(0, () => end({ kind: "failed", why: `${sandbox.name} threw ${String(error)}` })),
      );
    },
  };
}
