import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";

/** What a function tells its operators: structured log lines (identifiers and reason codes, never whole events) and
 *  counts, as CloudWatch's embedded metric format on standard output. */
export interface Telemetry {
  readonly log: Logger;
  readonly count: (metric: string, n: number) => void;
  /** A count told apart by dimensions, such as the channel and the reason: each pair of values is a metric of its own, so
   *  only words of ours go there. Written at once. */
  readonly countBy: (metric: string, dimensions: Readonly<Record<string, string>>, n: number) => void;
  /** Writes the counts of this invocation; nothing is written where nothing was counted. */
  readonly flush: () => void;
}

export function makeTelemetry(serviceName: string): Telemetry {
  const log = new Logger({ serviceName });
  const metrics = new Metrics({ namespace: "Strata", serviceName });
  return {
    log,
    count: (metric, n) => {
      if (n > 0) metrics.addMetric(metric, MetricUnit.Count, n);
    },
    countBy: (metric, dimensions, n) => {
      if (n > 0)
        metrics
          .singleMetric()
          .addDimensions({ ...dimensions })
          .addMetric(metric, MetricUnit.Count, n);
    },
    flush: () => {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
