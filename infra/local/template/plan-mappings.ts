import type { FunctionPlan, MappingPlan, QueueMappingPlan, QueuePlan } from "./deployment.ts";
import type { ReadType, ResolvedResource } from "./plan-deployment.ts";
import * as types from "./resource-types.ts";
import { TemplateError } from "./template-error.ts";

const type = "AWS::Lambda::EventSourceMapping";

/** Event source mappings: those of queues, and those of streams, which every other one has to be. */
export function planMappings(
  read: ReadType,
  functions: readonly FunctionPlan[],
  queues: readonly QueuePlan[],
): { mappings: MappingPlan[]; queueMappings: QueueMappingPlan[] } {
  return {
    mappings: read(type, types.EventSourceMapping, (resource) => !readsQueue(resource)).map(
      ({ logicalId, properties }) => ({
        id: logicalId,
        functionArn: findFunction(properties.FunctionName, functions).arn,
        streamArn: properties.EventSourceArn,
        batchSize: properties.BatchSize,
        windowMs: properties.MaximumBatchingWindowInSeconds * 1000,
        parallelizationFactor: properties.ParallelizationFactor,
        reportsItemFailures: properties.FunctionResponseTypes.length > 0,
        bisects: properties.BisectBatchOnFunctionError,
        maximumRetries:
          properties.MaximumRetryAttempts < 0 ? Number.POSITIVE_INFINITY : properties.MaximumRetryAttempts,
        onFailureBucket: properties.DestinationConfig?.OnFailure.Destination.replace("arn:aws:s3:::", ""),
      }),
    ),
    queueMappings: read(type, types.QueueEventSourceMapping, readsQueue).map(({ logicalId, properties }) => {
      const consumer = findFunction(properties.FunctionName, functions);
      requireRoomToFinish(
        logicalId,
        consumer,
        queues.find(({ arn }) => arn === properties.EventSourceArn),
      );
      return {
        id: logicalId,
        functionArn: consumer.arn,
        queueArn: properties.EventSourceArn,
        batchSize: properties.BatchSize,
        windowMs: properties.MaximumBatchingWindowInSeconds * 1000,
        reportsItemFailures: properties.FunctionResponseTypes.length > 0,
        maximumConcurrency: properties.ScalingConfig?.MaximumConcurrency ?? Number.POSITIVE_INFINITY,
      };
    }),
  };
}

function readsQueue({ properties }: ResolvedResource): boolean {
  const { EventSourceArn: source } = properties as { EventSourceArn?: unknown };
  return typeof source === "string" && source.startsWith("arn:aws:sqs:");
}

function findFunction(nameOrArn: string, functions: readonly FunctionPlan[]): FunctionPlan {
  const found = functions.find(({ arn }) => arn === nameOrArn || arn.endsWith(`:function:${nameOrArn}`));
  if (!found) throw new TemplateError(`an event source mapping names ${nameOrArn}, which is no function`);
  return found;
}

/** Lambda refuses such a mapping: a message would come again while its first invocation still works on it. */
function requireRoomToFinish(mapping: string, consumer: FunctionPlan, queue: QueuePlan | undefined): void {
  if (!queue) throw new TemplateError(`${mapping} (${type}) reads a queue that the template does not have`);
  if (queue.visibilityTimeoutMs >= consumer.timeoutMs) return;
  throw new TemplateError(
    `${mapping} (${type}): the visibility timeout of ${queue.name} is shorter than the timeout of ${consumer.name}`,
  );
}
