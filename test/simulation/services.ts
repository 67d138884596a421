import {
  type AttributeValue,
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import type { MemoryDynamo } from "../support/memory-dynamo.ts";
import type { MemoryKinesis } from "../support/memory-kinesis.ts";
import type { MemoryS3 } from "../support/memory-s3.ts";
import type { MemorySqs } from "../support/memory-sqs.ts";
import { CONFIG } from "./functions.ts";
import type { Service } from "./sandbox.ts";

const ITEMS_A_SCAN = 2;
const FATEFUL_TABLES = new Set<string | undefined>([
  CONFIG.STRATA_TABLE_TIMERS,
  CONFIG.STRATA_TABLE_PROFILES,
  CONFIG.STRATA_TABLE_TOUCHES,
]);

type Key = Record<string, AttributeValue>;
interface BatchAnswer {
  readonly Responses: Record<string, Key[]>;
}

/** DynamoDB with what it is allowed to do: leave keys of a batch unread, and read a batch at more than one instant. */
export function asDynamoService(dynamo: MemoryDynamo): Service {
  return {
    name: "dynamo",
    execute: (command) => dynamo.execute(inPages(command)),
    throttleError: "ProvisionedThroughputExceededException",
    describe: describeDynamo,
    isRoutine: (command) => command instanceof QueryCommand && command.input.TableName === CONFIG.STRATA_TABLE_TIMERS,
    // A writer between its timer and its state, a sender around its claim.
    isFateful: (command) => command instanceof PutItemCommand && FATEFUL_TABLES.has(command.input.TableName),
    partly(command, dice) {
      const asked = readBatch(command);
      if (!asked) return undefined;
      const read = asked.keys.filter(() => dice.chance(0.5));
      const unread = asked.keys.filter((key) => !read.includes(key));
      return {
        fault: "partial-read",
        answer: () => ({
          ...(read.length > 0 ? dynamo.execute(asked.batchOf(read)) : { Responses: {} }),
          UnprocessedKeys: unread.length > 0 ? { [asked.table]: { Keys: unread } } : {},
        }),
      };
    },
    halves(command) {
      const asked = readBatch(command);
      if (!asked || asked.keys.length < 2) return undefined;
      const middle = asked.keys.length >> 1;
      return {
        parts: [asked.batchOf(asked.keys.slice(0, middle)), asked.batchOf(asked.keys.slice(middle))],
        join: (a, b) => {
          const [first, second] = [a as BatchAnswer, b as BatchAnswer];
          const items = [...(first.Responses[asked.table] ?? []), ...(second.Responses[asked.table] ?? [])];
          return { Responses: { [asked.table]: items }, UnprocessedKeys: {} };
        },
      };
    },
  };
}

/** Kinesis, which may take some records of a call and refuse others. */
export function asKinesisService(kinesis: MemoryKinesis): Service {
  return {
    name: "kinesis",
    execute: (command) => kinesis.execute(command),
    throttleError: "ProvisionedThroughputExceededException",
    describe: (command) => {
      if (!(command instanceof PutRecordsCommand)) return command.constructor.name;
      return `puts ${command.input.Records?.length} records into ${command.input.StreamName}`;
    },
    partly(command, dice) {
      if (!(command instanceof PutRecordsCommand)) return undefined;
      const refused = new Set((command.input.Records ?? []).map((_, n) => n).filter(() => dice.chance(0.5)));
      return { fault: "partial-put", answer: () => kinesis.execute(command, refused) };
    },
  };
}

export function asS3Service(s3: MemoryS3): Service {
  return {
    name: "s3",
    execute: (command) => s3.execute(command),
    throttleError: "SlowDown",
    describe: (command) => {
      const { Key, Prefix } = (command as { input: { Key?: string; Prefix?: string } }).input;
      return `${command.constructor.name.replace("Command", "")} ${Key ?? Prefix}`;
    },
  };
}

/** SQS, which may take some messages of a call and refuse others. */
export function asSqsService(sqs: MemorySqs): Service {
  return {
    name: "sqs",
    execute: (command) => sqs.execute(command),
    throttleError: "ThrottlingException",
    describe: (command) => (command instanceof SendMessageBatchCommand ? `sends ${bodiesOf(command)}` : "asks SQS"),
    partly(command, dice) {
      if (!(command instanceof SendMessageBatchCommand)) return undefined;
      const refused = new Set((command.input.Entries ?? []).map((_, n) => n).filter(() => dice.chance(0.5)));
      return { fault: "partial-put", answer: () => sqs.execute(command, refused) };
    },
  };
}

function bodiesOf({ input }: SendMessageBatchCommand): string {
  return (input.Entries ?? []).map(({ MessageBody }) => MessageBody).join(" ");
}

/** A scan's page may end anywhere: here after very few items, so that slices have several. */
function inPages(command: object): object {
  return command instanceof ScanCommand ? new ScanCommand({ ...command.input, Limit: ITEMS_A_SCAN }) : command;
}

function readBatch(command: object) {
  if (!(command instanceof BatchGetItemCommand)) return undefined;
  const [[table, request] = []] = Object.entries(command.input.RequestItems ?? {});
  if (table === undefined || !request?.Keys) return undefined;
  const batchOf = (keys: Key[]) => new BatchGetItemCommand({ RequestItems: { [table]: { ...request, Keys: keys } } });
  return { table, keys: request.Keys, batchOf };
}

function describeDynamo(command: object): string {
  if (command instanceof PutItemCommand) {
    const { TableName, Item = {} } = command.input;
    const facts = ["v", "p", "m", "i", "x"].flatMap((name) => {
      const value = Item[name];
      return value ? [`${name}=${value.S ?? value.N ?? value.BOOL}`] : [];
    });
    return `writes ${TableName} ${nameItem(Item)} ${facts.join(" ")}${Item.o ? " with an outbox" : ""}`;
  }
  if (command instanceof UpdateItemCommand) {
    const { TableName, Key = {}, UpdateExpression, ExpressionAttributeValues = {} } = command.input;
    const version = ExpressionAttributeValues[":version"]?.N;
    return `updates ${TableName} ${nameItem(Key)}: ${UpdateExpression}${version === undefined ? "" : ` at v=${version}`}`;
  }
  if (command instanceof BatchGetItemCommand) {
    const asked = readBatch(command);
    return `reads ${asked?.table} ${asked?.keys.map(nameItem).join(", ")}`;
  }
  if (command instanceof GetItemCommand) return `reads ${command.input.TableName} ${nameItem(command.input.Key ?? {})}`;
  if (command instanceof DeleteItemCommand)
    return `deletes ${command.input.TableName} ${nameItem(command.input.Key ?? {})}`;
  if (command instanceof ScanCommand || command instanceof QueryCommand)
    return `${command.constructor.name.replace("Command", "")} ${command.input.TableName}`;
  return command.constructor.name.replace("Command", "");
}

/** Profile ids are long; their first letters tell them apart in a story. */
function nameItem({ pk, sk }: Key): string {
  const short = (text = "") => text.replaceAll(/p_[\w-]{26}/g, (id) => id.slice(0, 6));
  return sk?.S === undefined ? short(pk?.S) : `${short(pk?.S)}/${short(sk.S)}`;
}
