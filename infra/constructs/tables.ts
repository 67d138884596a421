import { RemovalPolicy, Stack } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import { Construct } from "constructs";
import type { DeploymentContext } from "../deployment-context.ts";
import { DataKey } from "./data-key.ts";
import { fixLogicalId } from "./fixed-logical-id.ts";
import type { FunctionGrants } from "./function-grants.ts";

const shapes = {
  Profiles: {},
  Identities: {},
  Activity: { sorted: true, expires: true },
  Tags: { sorted: true, expires: true },
  Definitions: { sorted: true },
  Metrics: { sorted: true, expires: true },
  Audit: { sorted: true },
  // No row expires by itself: one that was deleted before its instant was looked at would be a promise broken.
  Timers: { sorted: true },
  Work: { sorted: true, expires: true },
  Runs: { sorted: true, expires: true },
  Touches: { expires: true },
  Caps: { expires: true },
  // Proof of who agreed to what, and who must not be written to: neither is forgotten by itself.
  Consents: { sorted: true },
  Suppressions: {},
} satisfies Record<string, { sorted?: true; expires?: true }>;

export type TableName = keyof typeof shapes;
const tableNames = Object.keys(shapes) as TableName[];

export type TableAction =
  | "BatchGetItem"
  | "BatchWriteItem"
  | "DeleteItem"
  | "GetItem"
  | "PutItem"
  | "Query"
  | "Scan"
  | "UpdateItem";

/**
 * The DynamoDB tables and the customer-managed key that encrypts them. On-demand, with point-in-time recovery;
 * no index and no stream, so that they run unchanged on every backend.
 */
export class Tables extends Construct {
  readonly #key: DataKey;
  readonly #tables: ReadonlyMap<TableName, Table>;

  constructor(scope: Construct, id: string, { removal }: Pick<DeploymentContext, "removal">) {
    super(scope, id);
    this.#key = new DataKey(this, "Key", { removal });
    this.#tables = new Map(tableNames.map((name) => [name, this.#createTable(name, removal)]));
  }

  name(table: TableName): string {
    return this.#table(table).tableName;
  }

  grant(grants: FunctionGrants, table: TableName, ...actions: TableAction[]): void {
    grants.allow(
      actions.map((action) => `dynamodb:${action}`),
      [this.#table(table).tableArn],
    );
    this.#key.grantUseThrough(grants, `dynamodb.${Stack.of(this).region}.amazonaws.com`);
  }

  #table(name: TableName): Table {
    const table = this.#tables.get(name);
    if (table === undefined) throw new Error(`no table ${name}`);
    return table;
  }

  #createTable(name: TableName, removal: DeploymentContext["removal"]): Table {
    const shape: { sorted?: true; expires?: true } = shapes[name];
    const table = new Table(this, name, {
      partitionKey: { name: "pk", type: AttributeType.STRING },
      ...(shape.sorted && { sortKey: { name: "sk", type: AttributeType.STRING } }),
      ...(shape.expires && { timeToLiveAttribute: "ttl" }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.#key.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: removal === RemovalPolicy.RETAIN,
      removalPolicy: removal,
    });
    fixLogicalId(table, name);
    return table;
  }
}
