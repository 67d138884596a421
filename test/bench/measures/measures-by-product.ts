import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { addPerson } from "#domain/measure/add-person.ts";
import type { MetricName } from "#domain/measure/catalogue.ts";
import { makeFrame } from "#domain/measure/frame.ts";
import { measuresOf } from "#domain/measure/measures-of.ts";
import { mergeTallies, newTally } from "#domain/measure/tally.ts";
import { foldCalls, RUN_AT, retailBundle } from "../rfm/rfm-by-product.ts";
import type { DayMeasures, OrderMeasures } from "./measures-in-sql.ts";

const SLICES = 8;

/** Measures a stream of Segment calls as the product does: collection, the fold, the tallies of a run's slices. Days
 *  without an order are left out; `exact` is false where any figure says so. */
export async function measureByProduct(
  calls: AsyncIterable<object>,
): Promise<{ overall: OrderMeasures; days: DayMeasures[]; exact: boolean }> {
  const bundle = compileBundle(await retailBundle());
  const people = await foldCalls(calls, bundle);
  const frame = makeFrame(bundle, { now: RUN_AT });
  const slices = Array.from({ length: SLICES }, newTally);
  for (const [n, person] of people.entries()) addPerson(slices[n % SLICES] ?? newTally(), person, frame);
  const figures = measuresOf(slices.reduce(mergeTallies), frame).figures.filter(({ by }) => by === "everyone");
  const figureOf = (metric: MetricName, on = frame.today) =>
    figures.find((figure) => figure.metric === metric && figure.day === on)?.value ?? Number.NaN;
  const days = Array.from({ length: frame.today - frame.firstDay }, (_, n) => frame.firstDay + n);
  return {
    overall: {
      buyers: figureOf("buyers"),
      orders: figureOf("orders"),
      revenue: figureOf("revenue"),
      averageOrderValue: figureOf("average-order-value"),
      repurchaseRate: figureOf("repurchase-rate"),
      medianDaysBetweenPurchases: figureOf("median-days-between-purchases"),
      meanDaysBetweenPurchases: figureOf("mean-days-between-purchases"),
    },
    days: days
      .map((day) => ({
        day,
        buyers: figureOf("daily-buyers", day),
        orders: figureOf("daily-orders", day),
        revenue: figureOf("daily-revenue", day),
      }))
      .filter(({ orders }) => orders > 0),
    exact: figures.every(({ exact }) => exact),
  };
}
