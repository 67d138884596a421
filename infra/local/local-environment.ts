import type { FunctionPlan } from "./template/deployment.ts";
import { apiUrlPattern, queueUrlBase, region } from "./template/physical-ids.ts";

/** Where each service answers. */
export interface Endpoints {
  readonly dynamodb: string;
  readonly kinesis: string;
  readonly s3: string;
  readonly sqs: string;
  readonly secretsManager: string;
  readonly ses: string;
}

/** Emulators check no signature; the SDK insists on something to sign with. */
export const credentials = { accessKeyId: "local", secretAccessKey: "local" };

/** A function's environment: what the template says, what Lambda adds, and where the services are on this machine. */
export function makeEnvironment(plan: FunctionPlan, endpoints: Endpoints, apiUrl: string): Record<string, string> {
  return {
    ...placeHere(plan.environment, endpoints.sqs, apiUrl),
    // Definitions take effect within a second here: people try things out.
    STRATA_DEFINITIONS_MAX_AGE_MS: "1000",
    STRATA_S3_PATH_STYLE: "true",
    // Webhooks may reach this machine only where whoever starts the runtime says so.
    STRATA_WEBHOOK_ALLOWED_HOSTS: process.env.STRATA_WEBHOOK_ALLOWED_HOSTS ?? "",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_KINESIS: endpoints.kinesis,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
    AWS_ENDPOINT_URL_SESV2: endpoints.ses,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: plan.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(plan.memoryMb),
    AWS_LAMBDA_LOG_FORMAT: "JSON",
    AWS_LAMBDA_LOG_LEVEL: "INFO",
    LAMBDA_TASK_ROOT: plan.folder,
    _HANDLER: plan.handler,
    TZ: "UTC",
  };
}

/** A queue's URL names the machine that the SDK sends to, unless it is told otherwise, and the API's is in links: here both name this one. */
function placeHere(
  variables: Readonly<Record<string, string>>,
  sqsUrl: string,
  apiUrl: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      if (value.startsWith(queueUrlBase)) return [name, `${sqsUrl}/${value.slice(queueUrlBase.length)}`];
      return [name, apiUrlPattern.test(value) ? apiUrl : value];
    }),
  );
}
