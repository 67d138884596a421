import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";

export interface MemoryS3 {
  /** Executes a command at once. */
  execute(command: object): object;
  readonly client: S3Client;
  /** The names of objects that begin with `prefix`, in order. */
  names(prefix: string): string[];
  read(name: string): string | undefined;
}

/** S3 in memory, one bucket whatever its name: objects of text or bytes; Get, Put, Delete and List with prefix, delimiter and start. */
export function makeMemoryS3(): MemoryS3 {
  const objects = new Map<string, string | Uint8Array>();

  function execute(command: object): object {
    if (command instanceof PutObjectCommand) {
      const { Key = "", Body } = command.input;
      if (typeof Body !== "string" && !(Body instanceof Uint8Array)) {
        throw new TypeError("only texts and bytes are kept here");
      }
      objects.set(Key, Body);
      return {};
    }
    if (command instanceof GetObjectCommand) {
      const found = objects.get(command.input.Key ?? "");
      if (found === undefined)
        throw Object.assign(new Error("The specified key does not exist."), { name: "NoSuchKey" });
      return {
        Body: {
          transformToString: async () => textOf(found),
          transformToByteArray: async () => (typeof found === "string" ? Buffer.from(found) : found),
        },
      };
    }
    if (command instanceof DeleteObjectCommand) {
      objects.delete(command.input.Key ?? "");
      return {};
    }
    if (command instanceof ListObjectsV2Command) return list(command.input);
    throw new TypeError(`the S3 in memory does not know ${command.constructor.name}`);
  }

  function names(prefix: string): string[] {
    return [...objects.keys()].filter((name) => name.startsWith(prefix)).toSorted();
  }

  function list(input: ListObjectsV2Command["input"]) {
    const { Prefix = "", Delimiter, StartAfter = "", ContinuationToken, MaxKeys = 1000 } = input;
    if (ContinuationToken !== undefined) throw new TypeError("no list here is longer than one page");
    const found = names(Prefix).filter((name) => name > StartAfter);
    if (Delimiter === undefined) return { Contents: found.slice(0, MaxKeys).map((Key) => ({ Key })) };
    const folders = new Set(found.map((name) => name.slice(0, name.indexOf(Delimiter, Prefix.length) + 1)));
    return { CommonPrefixes: [...folders].map((folder) => ({ Prefix: folder })) };
  }

  return {
    execute,
    client: { send: async (command: object) => execute(command) } as unknown as S3Client,
    names,
    read: (name) => {
      const found = objects.get(name);
      return found === undefined ? undefined : textOf(found);
    },
  };
}

function textOf(found: string | Uint8Array): string {
  return typeof found === "string" ? found : Buffer.from(found).toString("utf8");
}
