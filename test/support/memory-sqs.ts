import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";

export interface SentMessage {
  readonly body: string;
  readonly delayMs: number;
}

export interface MemorySqs {
  /** Executes SendMessageBatch at once. `refused` names the entries (by position) that are answered as failed. */
  execute(command: object, refused?: ReadonlySet<number>): object;
  readonly client: SQSClient;
  /** Hears of every message that a queue takes. */
  onMessage(listener: (queue: string, message: SentMessage) => void): void;
}

/** The sending side of SQS in memory: whoever listens delivers, as Lambda's event source mapping does. */
export function makeMemorySqs(): MemorySqs {
  const listeners: ((queue: string, message: SentMessage) => void)[] = [];

  function execute(command: object, refused: ReadonlySet<number> = new Set()): object {
    if (!(command instanceof SendMessageBatchCommand)) {
      throw new TypeError(`the SQS in memory does not know ${command.constructor.name}`);
    }
    const { QueueUrl = "", Entries = [] } = command.input;
    if (Entries.length === 0 || Entries.length > 10) throw new RangeError(`SendMessageBatch of ${Entries.length}`);
    if (new Set(Entries.map(({ Id }) => Id)).size < Entries.length) throw new RangeError("an Id is there twice");
    const taken = Entries.filter((_, n) => !refused.has(n));
    for (const { MessageBody = "", DelaySeconds = 0 } of taken) {
      if (DelaySeconds > 900) throw new RangeError(`a delay of ${DelaySeconds} s`);
      for (const listener of listeners) listener(QueueUrl, { body: MessageBody, delayMs: DelaySeconds * 1000 });
    }
    const failed = Entries.filter((_, n) => refused.has(n));
    return {
      Successful: taken.map(({ Id }) => ({ Id })),
      Failed: failed.map(({ Id }) => ({ Id, Code: "InternalError", SenderFault: false })),
    };
  }

  return {
    execute,
    client: { send: async (command: object) => execute(command) } as unknown as SQSClient,
    onMessage: (listener) => listeners.push(listener),
  };
}
