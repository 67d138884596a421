import { createHash } from "node:crypto";
import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Bundle } from "#domain/definitions/bundle.ts";
import { canonicalJson } from "#domain/definitions/canonical-json.ts";
import type { CommitNote, DefinitionStore, DefinitionVersion } from "#domain/ports/definition-store.ts";
import { callConditional, callStore } from "./dynamo-errors.ts";

const LOG = "bundle";
/** Versions are padded so that their order as text is their order as numbers. */
const VERSION_DIGITS = 12;
/** What the object of a bundle holds. Where there are no thresholds it is the array of definitions alone, so that the
 *  bundles of a project that asks for none stay what they were. */
type Content = Omit<Bundle, "version">;
/** Bundles a warm function remembers. They are content-addressed, so a remembered one is never out of date. */
const REMEMBERED_BUNDLES = 8;

export class DefinitionStoreError extends Error {
  override readonly name = "DefinitionStoreError";
  readonly code: "bundle_missing" | "bundle_damaged";
  readonly retriable = false;
  constructor(code: "bundle_missing" | "bundle_damaged", message: string) {
    super(message);
    this.code = code;
  }
}

/** Keeps definitions as an append-only log of versions in DynamoDB, each naming a bundle in S3 by the SHA-256 of its
 *  content (`definitions/<sha256>.json`). Appending the next version on condition that it is not there is the whole
 *  commit: one write makes a change set of any size the one in force. Throws DefinitionStoreError where the object of
 *  a logged version is gone or altered. */
export function makeDefinitionStore(on: {
  dynamo: DynamoDBClient;
  s3: S3Client;
  table: string;
  bucket: string;
}): DefinitionStore {
  const { dynamo, s3, table, bucket } = on;
  const remembered = new Map<string, Content>();

  async function newest(): Promise<{ version: number; hash: string } | undefined> {
    const { Items = [] } = await callStore(table, () =>
      dynamo.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "pk = :log",
          ExpressionAttributeValues: { ":log": { S: LOG } },
          ScanIndexForward: false,
          Limit: 1,
          ConsistentRead: true,
        }),
      ),
    );
    const [item] = Items;
    return item && { version: Number(item.sk?.S), hash: item.hash?.S ?? "" };
  }

  async function load(hash: string): Promise<Content> {
    const known = remembered.get(hash);
    if (known) return known;
    const text = await readObject(hash);
    if (sha256(text) !== hash) {
      throw new DefinitionStoreError("bundle_damaged", `bundle ${hash} is not what was written`);
    }
    const content = readContent(text);
    const [oldest] = remembered.keys();
    if (oldest !== undefined && remembered.size >= REMEMBERED_BUNDLES) remembered.delete(oldest);
    remembered.set(hash, content);
    return content;
  }

  async function readObject(hash: string): Promise<string> {
    const missing = () => new DefinitionStoreError("bundle_missing", `bundle ${hash} is not in the bucket`);
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: objectKey(hash) }));
      if (!Body) throw missing();
      return await Body.transformToString();
    } catch (cause) {
      if (cause instanceof Error && cause.name === "NoSuchKey") throw missing();
      throw cause;
    }
  }

  return {
    async current() {
      const head = await newest();
      return head ? { version: head.version, ...(await load(head.hash)) } : { version: 0, definitions: [] };
    },

    async currentVersion() {
      return (await newest())?.version ?? 0;
    },

    async at(version) {
      if (version === 0) return { version: 0, definitions: [] };
      const { Item } = await callStore(table, () =>
        dynamo.send(new GetItemCommand({ TableName: table, Key: keyOf(version), ConsistentRead: true })),
      );
      const hash = Item?.hash?.S;
      return hash === undefined ? undefined : { version, ...(await load(hash)) };
    },

    async versions({ before, limit }) {
      const { Items = [], LastEvaluatedKey } = await callStore(table, () =>
        dynamo.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: before === undefined ? "pk = :log" : "pk = :log AND sk < :before",
            ExpressionAttributeValues: {
              ":log": { S: LOG },
              ...(before !== undefined && { ":before": keyOf(before).sk }),
            },
            ScanIndexForward: false,
            Limit: limit,
            ConsistentRead: true,
          }),
        ),
      );
      const versions = Items.map(readVersion);
      const last = versions.at(-1);
      return { versions, ...(LastEvaluatedKey && last && { before: last.version }) };
    },

    async commit(bundle: Bundle, note?: CommitNote) {
      const head = await newest();
      if ((head?.version ?? 0) !== bundle.version - 1) return "conflict";
      const text = canonicalText(bundle);
      const hash = sha256(text);
      // The object goes first: a version must never be in force before its content can be read.
      await s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: objectKey(hash), Body: text, ContentType: "application/json" }),
      );
      const outcome = await callConditional(table, () =>
        dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              ...keyOf(bundle.version),
              hash: { S: hash },
              ...(note && {
                at: { N: String(note.at) },
                by: { S: note.by },
                changes: { L: note.changes.map((change) => ({ S: change })) },
                ...(note.reason !== undefined && { reason: { S: note.reason } }),
              }),
            },
            ConditionExpression: "attribute_not_exists(pk)",
          }),
        ),
      );
      return outcome === "done" ? "committed" : "conflict";
    },
  };
}

function readVersion(item: Record<string, AttributeValue>): DefinitionVersion {
  const version = Number(item.sk?.S);
  if (item.at?.N === undefined) return { version };
  const changes = (item.changes?.L ?? []).flatMap(({ S }) => S ?? []);
  const reason = item.reason?.S;
  return {
    version,
    note: { at: Number(item.at.N), by: item.by?.S ?? "", changes, ...(reason !== undefined && { reason }) },
  };
}

function keyOf(version: number) {
  return { pk: { S: LOG }, sk: { S: String(version).padStart(VERSION_DIGITS, "0") } };
}

function objectKey(hash: string): string {
  return `definitions/${hash}.json`;
}

function readContent(text: string): Content {
  const content = JSON.parse(text) as Content | Content["definitions"];
  return "definitions" in content ? content : { definitions: content };
}

/** The same definitions always give the same text, whatever their order. */
function canonicalText({ definitions, thresholds }: Content): string {
  const nameOf = ({ kind, name }: Content["definitions"][number]) => `${kind}/${name}`;
  const sorted = definitions.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return canonicalJson(thresholds ? { definitions: sorted, thresholds } : sorted);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
