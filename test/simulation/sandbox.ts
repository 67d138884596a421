import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import type { Sleep } from "#aws/sleep.ts";
import type { Dice } from "./dice.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Fault, Weather } from "./weather.ts";

/** One execution environment of Lambda: it lives over many invocations, has a clock that is a little wrong, may stand
 *  still, and may die at any await. What it waited for is then never answered. */
export class Sandbox {
  readonly name: string;
  readonly #scheduler: Scheduler;
  readonly #skewMs: number;
  #asleepUntil = -Infinity;
  #deadline = Infinity;
  #onDeath: (() => void) | undefined;
  readonly #listeners: (() => void)[] = [];
  alive = true;
  /** It stood still for longer than whoever called it waits: it has been given up, and goes on all the same. */
  hasStalled = false;

  constructor(name: string, scheduler: Scheduler, skewMs: number) {
    this.name = name;
    this.#scheduler = scheduler;
    this.#skewMs = skewMs;
  }

  readonly now = (): number => this.#scheduler.now() + this.#skewMs;
  readonly sleep: Sleep = (delayMs) => new Promise((resolve) => this.after(delayMs, () => resolve(undefined)));

  /** Does it then, or once awake, or never if this dies first. */
  after(delayMs: number, task: () => void): void {
    this.#scheduler.after(delayMs, () => {
      const asleepMs = this.asleepMs();
      if (!this.alive) return;
      if (asleepMs > 0) this.after(asleepMs, task);
      else task();
    });
  }

  standStill(forMs: number): void {
    this.#asleepUntil = Math.max(this.#asleepUntil, this.#scheduler.now() + forMs);
    for (const tell of this.#listeners) tell();
  }

  /** How long it will still stand still. */
  readonly asleepMs = (): number => Math.max(0, this.#asleepUntil - this.#scheduler.now());

  /** Notes until when the invocation that begins may last; `remainingMs` is what is left of that. */
  begin(timeoutMs: number): void {
    this.#deadline = this.#scheduler.now() + timeoutMs;
  }
  readonly remainingMs = (): number => this.#deadline - this.#scheduler.now();

  /** Says whom to tell of its death during an invocation. */
  watch(onDeath: (() => void) | undefined): void {
    this.#onDeath = onDeath;
  }

  /** Hears whenever it stands still from now on, and of its death. */
  onHalt(listener: () => void): void {
    this.#listeners.push(listener);
  }

  kill(): void {
    if (!this.alive) return;
    this.alive = false;
    for (const tell of this.#listeners) tell();
    this.#onDeath?.();
  }
}

/** What a service in memory is to the network in front of it. */
export interface Service {
  readonly name: string;
  execute(command: object): object;
  /** A command's answer that lacks a part, as this service is allowed to give it; undefined where there is none such. */
  partly?(
    command: object,
    dice: Dice,
  ): { readonly fault: "partial-put" | "partial-read"; answer(): object } | undefined;
  /** The halves of a command that are executed at two instants, and how their answers make one. */
  halves?(
    command: object,
  ): { readonly parts: readonly [object, object]; join(a: object, b: object): object } | undefined;
  /** What it answers when it is asked too much. */
  readonly throttleError: string;
  describe(command: object): string;
  /** Calls of which there are so many that a fault in each would leave none for the others. */
  isRoutine?(command: object): boolean;
  /** Calls around which a worker that stands still matters most. */
  isFateful?(command: object): boolean;
  /** Hears of a call as it leaves the sandbox: it may never arrive. */
  onSend?(command: object): void;
}

/** Longer than any lease, and than the look-back that the time path was first designed with; with whatever else holds a
 *  writer up it stays under the hour after which its timer row is nobody's promise. */
const STALL_MINUTES = [21, 40] as const;

const FATEFUL_CHANCES = 6;

interface Network {
  readonly scheduler: Scheduler;
  readonly weather: Weather;
  readonly dice: Dice;
  readonly tell: (line: () => string) => void;
}

/** The SDK's client in a sandbox: each call is a point at which others go on, and at which things go wrong. */
export function makeClient({ scheduler, weather, dice, tell }: Network, sandbox: Sandbox, service: Service) {
  const describe = (command: object) => `${sandbox.name} ${service.describe(command)}`;
  const isRoutine = (command: object) => service.isRoutine?.(command) === true;
  const strikes = (fault: Fault, command: object) =>
    (!isRoutine(command) || dice.chance(0.03)) && weather.strikes(fault, () => describe(command));
  const leaveTogether = gather((go) => scheduler.after(dice.between(1, 12), go));
  const comeBackTogether = gather((go) => sandbox.after(dice.between(1, 12), go));

  /** Stands still for very long, if that strikes; once in a life. Returns for how long. */
  function stallPerhaps(command: object): number {
    let chances = service.isFateful?.(command) === true ? FATEFUL_CHANCES : 1;
    if (sandbox.hasStalled) return 0;
    while (chances > 0 && !strikes("stall", command)) chances--;
    if (chances === 0) return 0;
    const stallMs = dice.between(...STALL_MINUTES) * 60_000;
    sandbox.hasStalled = true;
    sandbox.standStill(stallMs);
    return stallMs;
  }

  /** The call is at the service: gives what the caller will hear, or nothing if it never will. */
  function arrive(command: object, answer: (give: () => object) => void): void {
    const here = () => describe(command);
    const execute = (): (() => object) => attempt(() => service.execute(command));
    // The dead send nothing more, but what they sent may still arrive.
    if (!sandbox.alive && dice.chance(0.5)) return;
    if (strikes("crash", command)) {
      if (dice.chance(0.5)) execute();
      sandbox.kill();
    } else if (strikes("throttled", command)) {
      answer(() => fail(service.throttleError, 400));
    } else if (strikes("outage", command)) {
      answer(() => fail("InternalServerError", 500));
    } else if (strikes("answer-lost", command)) {
      execute();
      answer(() => fail("TimeoutError"));
    } else {
      if (strikes("sent-twice", command)) execute();
      const partial = service.partly?.(command, dice);
      const halves = service.halves?.(command);
      if (partial && strikes(partial.fault, command)) answer(attempt(partial.answer));
      else if (halves && strikes("torn-read", command)) {
        const first = service.execute(halves.parts[0]);
        const finish = () => answer(attempt(() => halves.join(first, service.execute(halves.parts[1]))));
        scheduler.after(dice.between(1, 2000), finish);
      } else {
        const outcome = execute();
        tell(() => `${here()} → ${summarise(outcome)}`);
        answer(outcome);
      }
    }
  }

  const send = (command: object) => {
    service.onSend?.(command);
    return new Promise<object>((resolve, reject) => {
      const answer = (give: () => object) => {
        if (strikes("sleep", command)) sandbox.standStill(dice.between(20, 600) * 1000);
        stallPerhaps(command);
        const settle = () => {
          try {
            resolve(give());
          } catch (error) {
            reject(error as Error);
          }
        };
        if (strikes("slow", command)) sandbox.after(dice.between(1000, 30_000), settle);
        else if (isRoutine(command)) comeBackTogether(settle);
        else sandbox.after(dice.between(1, 12), settle);
      };
      // It may stand still with the call already written, and not yet sent.
      const stallMs = dice.chance(0.5) ? stallPerhaps(command) : 0;
      const go = () => arrive(command, answer);
      if (isRoutine(command) && stallMs === 0) leaveTogether(go);
      else scheduler.after(stallMs + dice.between(1, 12), go);
    });
  };
  return { send };
}

/** Tasks that are begun within a moment of each other are one: calls of which there are many at once need no event of the
 *  clock each. */
function gather(later: (go: () => void) => void): (task: () => void) => void {
  let waiting: (() => void)[] = [];
  return (task) => {
    waiting.push(task);
    if (waiting.length > 1) return;
    later(() => {
      const tasks = waiting;
      waiting = [];
      for (const one of tasks) one();
    });
  };
}

/** Does it now; the outcome, answer or error, is given whenever it is asked for. */
function attempt(execute: () => object): () => object {
  try {
    const answer = execute();
    return () => answer;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function fail(name: string, httpStatusCode?: number): never {
  throw Object.assign(new Error(name), { name, $metadata: httpStatusCode === undefined ? {} : { httpStatusCode } });
}

function summarise(outcome: () => object): string {
  try {
    outcome();
    return "done";
  } catch (error) {
    return error instanceof ConditionalCheckFailedException ? "condition failed" : String(error);
  }
}
