import { TemplateError } from "./template-error.ts";

export const region = "us-east-1";
export const accountId = "000000000000";

/** A resource that a reference points to. */
export interface Referenced {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
}

const nameOf = ({ stack, logicalId }: Referenced): string => `${stack}-${logicalId}`;
const arn = (service: string, resource: string): string => `arn:aws:${service}:${region}:${accountId}:${resource}`;

/** What every queue's URL begins with on AWS; the local runtime puts its own address in its place. */
export const queueUrlBase = `https://sqs.${region}.amazonaws.com/`;

const apiHost = (apiId: string): string => `${apiId}.execute-api.${region}.amazonaws.com`;

/** What a gateway's base URL looks like on AWS, with a REST API's stage; the local runtime puts its own address in its place. */
export const apiUrlPattern = new RegExp(`^https://${apiHost("\\w+").replaceAll(".", "\\.")}(/\\w+)?$`);

/** The ARN of a stream of this name. */
export const streamArn = (name: string): string => arn("kinesis", `stream/${name}`);

interface Identity {
  readonly ref: (resource: Referenced) => string;
  readonly attributes: Readonly<Record<string, (resource: Referenced) => string>>;
}

const named = (toArn: (name: string) => string): Identity => ({
  ref: nameOf,
  attributes: { Arn: (resource) => toArn(nameOf(resource)) },
});
const bucketName = (resource: Referenced): string => nameOf(resource).toLowerCase();
const queueUrl = (resource: Referenced): string => `${queueUrlBase}${accountId}/${nameOf(resource)}`;
const secretArn = (resource: Referenced): string => arn("secretsmanager", `secret:${nameOf(resource)}`);

/** What `Ref` and `Fn::GetAtt` give for each type (CloudFormation template reference, "Return values"). */
const identities: Readonly<Record<string, Identity>> = {
  "AWS::DynamoDB::Table": named((name) => arn("dynamodb", `table/${name}`)),
  "AWS::Kinesis::Stream": named(streamArn),
  "AWS::Lambda::Function": named((name) => arn("lambda", `function:${name}`)),
  "AWS::SQS::Queue": {
    ref: queueUrl,
    attributes: {
      Arn: (resource) => arn("sqs", nameOf(resource)),
      QueueName: nameOf,
      QueueUrl: queueUrl,
    },
  },
  "AWS::IAM::Role": named((name) => `arn:aws:iam::${accountId}:role/${name}`),
  "AWS::Logs::LogGroup": named((name) => arn("logs", `log-group:${name}:*`)),
  "AWS::KMS::Key": named((name) => arn("kms", `key/${name}`)),
  "AWS::Events::Rule": named((name) => arn("events", `rule/${name}`)),
  "AWS::S3::Bucket": {
    ref: bucketName,
    attributes: { Arn: (resource) => `arn:aws:s3:::${bucketName(resource)}` },
  },
  "AWS::SecretsManager::Secret": { ref: secretArn, attributes: {} },
  "AWS::ApiGateway::RestApi": {
    ref: (resource) => resource.logicalId,
    attributes: { RootResourceId: (resource) => `${resource.logicalId}/root` },
  },
  "AWS::ApiGatewayV2::Api": {
    ref: (resource) => resource.logicalId,
    attributes: { ApiEndpoint: (resource) => `https://${apiHost(resource.logicalId)}` },
  },
};

/** What `Ref` gives. Types without a rule of their own are referred to by their logical id, within the template only. */
export function physicalId(resource: Referenced): string {
  return identities[resource.type]?.ref(resource) ?? resource.logicalId;
}

/** What `Fn::GetAtt` gives; throws a TemplateError for an attribute that is not known here. */
export function physicalAttribute(resource: Referenced, attribute: string): string {
  const give = identities[resource.type]?.attributes[attribute];
  if (!give) {
    throw new TemplateError(
      `${resource.logicalId} (${resource.type}): the attribute ${attribute} is not known locally`,
    );
  }
  return give(resource);
}
