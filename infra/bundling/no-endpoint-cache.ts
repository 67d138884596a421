/**
 * Stands in for `@aws-sdk/endpoint-cache` in the bundles. DynamoDB's client makes one for the discovery of endpoints, which
 * none of its operations asks for; the cache brings a library of data structures.
 */
export class EndpointCache {}
