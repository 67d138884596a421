import * as z from "zod";
import type { Deployment, FunctionPlan, QueuePlan, RoutePlan } from "./deployment.ts";
import { physicalAttribute, physicalId } from "./physical-ids.ts";
import { planMappings } from "./plan-mappings.ts";
import { planRoutes } from "./plan-routes.ts";
import { planRules } from "./plan-rules.ts";
import type { Assembly } from "./read-assembly.ts";
import { Resolver } from "./resolve.ts";
import * as types from "./resource-types.ts";
import { TemplateError } from "./template-error.ts";

/** A resource whose properties are plain values. */
export interface ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly id: string;
  readonly arn: () => string;
  readonly properties: unknown;
}

/** Resources of one type, or those of them that `fits`, each checked against that type's schema. */
export type ReadType = <Schema extends z.ZodType>(
  type: string,
  schema: Schema,
  fits?: (resource: ResolvedResource) => boolean,
) => (ResolvedResource & { readonly properties: z.infer<Schema> })[];

/**
 * Turns the synthesised stacks into what the runtime has to start.
 * Throws a TemplateError that names the resource and its type for anything that it does not understand.
 */
export function planDeployment(assembly: Assembly): Deployment {
  const resources = resolveResources(assembly);
  const known = new Set(types.withoutLocalEffect);
  const read: ReadType = (type, schema, fits = () => true) => {
    known.add(type);
    return resources
      .filter((resource) => resource.type === type && fits(resource))
      .map((resource) => check(resource, schema));
  };
  const functions = planFunctions(read, assembly);
  const queues = planQueues(read);

  const deployment: Deployment = {
    tables: read("AWS::DynamoDB::Table", types.Table).map(({ id, properties }) => ({
      name: id,
      keys: properties.KeySchema.map(({ AttributeName: name, KeyType: role }) => ({
        name,
        role,
        type:
          properties.AttributeDefinitions.find((attribute) => attribute.AttributeName === name)?.AttributeType ?? "S",
      })),
      timeToLiveAttribute: properties.TimeToLiveSpecification?.AttributeName,
    })),
    streams: read("AWS::Kinesis::Stream", types.Stream).map(({ id, arn, properties }) => ({
      name: id,
      arn: arn(),
      shards: properties.ShardCount ?? 1,
    })),
    queues,
    buckets: read("AWS::S3::Bucket", types.Bucket).map(({ id }) => id),
    secrets: read("AWS::SecretsManager::Secret", types.Secret).map(({ id, logicalId, properties }) => ({
      arn: id,
      name: logicalId,
      generatedLength: properties.GenerateSecretString?.PasswordLength,
    })),
    functions,
    routes: planRoutes(read),
    ...planMappings(read, functions, queues),
    ...planRules(read),
  };

  const unknown = resources.find(({ type }) => !known.has(type));
  if (unknown) throw new TemplateError(`${unknown.logicalId} (${unknown.type}): the local runtime knows no such type`);
  rejectDanglingRoutes(deployment.routes, deployment.functions);
  return deployment;
}

function resolveResources(assembly: Assembly): ResolvedResource[] {
  const resolver = new Resolver(assembly);
  return assembly.stacks.flatMap((stack) =>
    Object.entries(stack.Resources)
      .filter(([, { Condition }]) => resolver.holds(Condition, stack))
      .map(([logicalId, { Type: type, Properties }]) => {
        const referenced = { stack: stack.name, logicalId, type };
        // Rights and alarms may refer to what has no value here.
        const properties = types.withoutLocalEffect.has(type) ? {} : resolver.resolve(Properties, stack);
        return {
          logicalId,
          type,
          properties,
          id: physicalId(referenced),
          arn: () => physicalAttribute(referenced, "Arn"),
        };
      }),
  );
}

function check<Schema extends z.ZodType>(resource: ResolvedResource, schema: Schema) {
  const parsed = schema.safeParse(resource.properties);
  if (parsed.success) return { ...resource, properties: parsed.data };
  throw new TemplateError(`${resource.logicalId} (${resource.type}): ${z.prettifyError(parsed.error)}`);
}

function planFunctions(read: ReadType, assembly: Assembly): FunctionPlan[] {
  const folderOf = (key: string): string => {
    const folder = assembly.assets.get(key.replace(/\.zip$/, ""));
    if (folder === undefined) throw new TemplateError(`no asset ${key} in the assembly`);
    return folder;
  };
  const layers = new Map(
    read("AWS::Lambda::LayerVersion", types.Layer).map(({ id, properties }) => [
      id,
      folderOf(properties.Content.S3Key),
    ]),
  );
  return read("AWS::Lambda::Function", types.LambdaFunction).map(({ logicalId, arn, properties }) => ({
    name: logicalId,
    arn: arn(),
    folder: folderOf(properties.Code.S3Key),
    handler: properties.Handler,
    timeoutMs: properties.Timeout * 1000,
    memoryMb: properties.MemorySize,
    environment: placeLayers(properties.Environment?.Variables ?? {}, properties.Layers, layers),
  }));
}

/** Lambda unpacks layers over each other in /opt; here a variable that names a place there names it in the layer's asset. */
function placeLayers(
  variables: Readonly<Record<string, string>>,
  used: readonly string[],
  folders: ReadonlyMap<string, string>,
): Record<string, string> {
  const [layer, more] = used;
  if (more !== undefined) throw new TemplateError("a function with several layers is not known locally");
  const folder = layer === undefined ? undefined : folders.get(layer);
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      folder !== undefined && value.startsWith("/opt/") ? `${folder}${value.slice("/opt".length)}` : value,
    ]),
  );
}

function planQueues(read: ReadType): QueuePlan[] {
  return read("AWS::SQS::Queue", types.Queue).map(({ logicalId, arn, properties }) => ({
    name: logicalId,
    queueName: arn().slice(arn().lastIndexOf(":") + 1),
    arn: arn(),
    visibilityTimeoutMs: properties.VisibilityTimeout * 1000,
    retentionMs: properties.MessageRetentionPeriod * 1000,
    delayMs: properties.DelaySeconds * 1000,
    redrive: properties.RedrivePolicy && {
      arn: properties.RedrivePolicy.deadLetterTargetArn,
      maxReceiveCount: properties.RedrivePolicy.maxReceiveCount,
    },
  }));
}

function rejectDanglingRoutes(routes: readonly RoutePlan[], functions: readonly FunctionPlan[]): void {
  const arns = new Set(functions.map(({ arn }) => arn));
  const dangling = routes.find(({ functionArn }) => !arns.has(functionArn));
  if (dangling) throw new TemplateError(`${dangling.method} ${dangling.path} leads to no function`);
}
