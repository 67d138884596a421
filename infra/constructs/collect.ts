import { Duration } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { DataResources } from "../stacks/data-stack.ts";
import type { FrontDoor, Route } from "./front-door.ts";
import { GeoLayer } from "./geo-layer.ts";
import { StrataFunction } from "./strata-function.ts";

const calls = ["track", "identify", "page", "screen", "group", "alias", "batch", "import"];
const shortCalls = ["t", "i", "p", "s", "g", "a", "b"];

/** Browsers ask before they post, so every path answers OPTIONS. */
const routes: readonly Route[] = [
  ...[...calls, ...shortCalls].map((call): Route => ({ methods: ["POST", "OPTIONS"], path: `/v1/${call}` })),
  { methods: ["GET", "OPTIONS"], path: "/v1/projects/{writeKey}/settings" },
  { methods: ["POST", "OPTIONS"], path: "/sa" },
  { methods: ["GET", "POST", "OPTIONS"], path: "/sa.gif" },
  { methods: ["GET", "OPTIONS"], path: "/healthz" },
];

interface CollectProps {
  readonly frontDoor: FrontDoor;
  readonly resources: DataResources;
}

/** HTTP requests → EventStream. Answers 200 only when every accepted event is in the stream. */
export class Collect extends Construct {
  constructor(scope: Construct, id: string, { frontDoor, resources }: CollectProps) {
    super(scope, id);
    const { tables, streams, bucket } = resources;
    const geo = new GeoLayer(this, "Geo");
    const collect = new StrataFunction(this, "Collect", {
      entry: "functions/collect/handler.ts",
      description: "Strata collect: HTTP requests to the event stream.",
      // Some milliseconds of computing a request; the databases of the geo layer take 20 MB.
      memoryMb: 512,
      // SDKs give up after ten seconds; a later answer helps nobody.
      timeout: Duration.seconds(10),
      environment: {
        STRATA_TABLE_DEFINITIONS: tables.name("Definitions"),
        STRATA_EVENT_STREAM: streams.events.streamName,
        STRATA_BUCKET: bucket.bucketName,
        STRATA_GEO_DIR: GeoLayer.directory,
        STRATA_DEFINITIONS_MAX_AGE_MS: "30000",
      },
      layers: [geo.version],
    });
    tables.grant(collect, "Definitions", "Query");
    bucket.grantReadDefinitions(collect);
    bucket.grantWriteFailedEvents(collect);
    streams.grantPut(collect, streams.events);
    frontDoor.route(collect, routes);
  }
}
