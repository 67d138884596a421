import type { EventRulePlan } from "../template/deployment.ts";
import { describeOutcomes, type MailEvent } from "./mail-events.ts";
import type { SentMail } from "./sent-mail.ts";

interface OutcomesOptions {
  readonly rules: readonly EventRulePlan[];
  readonly now: () => number;
  /** Rejects never: a failed invocation is the function's affair. */
  invoke(functionArn: string, event: unknown): Promise<void>;
}

/** SES tells of a mail after it has answered its sender, who has noted it by then. */
const tellAfterMs = 250;

/** Tells the rules that listen for it what became of each mail. What is pending when the runtime stops is lost: so may SES's be. */
export class MailOutcomes {
  readonly #options: OutcomesOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #running = 0;

  constructor(options: OutcomesOptions) {
    this.#options = options;
  }

  get pending(): number {
    return this.#timers.size + this.#running;
  }

  announce(mail: SentMail): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#running += 1;
      void this.#tell(mail).finally(() => {
        this.#running -= 1;
      });
    }, tellAfterMs);
    this.#timers.add(timer);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  async #tell(mail: SentMail): Promise<void> {
    for (const event of describeOutcomes(mail, this.#options.now())) {
      const targets = this.#options.rules.filter((rule) => matches(rule, event)).flatMap((rule) => rule.targets);
      await Promise.all(targets.map(({ functionArn }) => this.#options.invoke(functionArn, event)));
    }
  }
}

function matches({ source, detailTypes }: EventRulePlan, event: MailEvent): boolean {
  return source.includes(event.source) && (detailTypes?.includes(event["detail-type"]) ?? true);
}
