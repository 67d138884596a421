import type { StoredDefinition } from "#domain/definitions/bundle.ts";
import { Definition } from "#events/definitions/index.ts";
import { definitionsOf, type Population } from "../population.ts";

const HOUR_MS = 3_600_000;

/** The caps of marketing by e-mail: at most so many in each stretch of that length. */
export const CAPS = [
  { max: 2, perMs: 6 * HOUR_MS },
  { max: 4, perMs: 24 * HOUR_MS },
] as const;
/** By the clock of the person. */
export const QUIET = { from: "21:00", to: "08:00" } as const;
export const PROJECT_ZONE = "Asia/Shanghai";

const mail = (name: string, category: "marketing" | "transactional") => ({
  kind: "template",
  name,
  channel: "email",
  category,
  locales: { en: { subject: "Hello", body: '<p><a href="{{ links.unsubscribe }}">no more</a></p>' } },
});
const send = (template: string, category: string, rest: object = {}) => ({
  send: { channel: "email", template, category, ...rest },
});
const provider = (name: string, priority: number) => ({
  kind: "channel",
  name,
  channel: "email",
  adapter: "smtp",
  priority,
  options: { host: "127.0.0.1", from: "shop@example.com" },
  rate: { max: 10, per: "second" },
});

const WRITTEN: readonly object[] = [
  {
    kind: "setting",
    name: "project",
    timeZone: PROJECT_ZONE,
    identityTypes: [],
    caps: CAPS.map(({ max, perMs }) => ({ channel: "email", category: "marketing", max, per: `${perMs / HOUR_MS}h` })),
    quietHours: QUIET,
  },
  {
    kind: "journey",
    name: "cart",
    trigger: { event: "Product Added" },
    goal: { event: "Order Completed", within: "3d" },
    steps: [{ waitFor: { event: "Order Completed", for: "1h", then: "end" } }, send("rescue", "marketing")],
  },
  {
    kind: "journey",
    name: "viewed",
    trigger: { event: "Product Viewed" },
    steps: [send("look", "marketing", { overCap: "wait" })],
  },
  {
    kind: "journey",
    name: "thanks",
    trigger: { event: "Order Completed" },
    steps: [send("receipt", "transactional"), { wait: { for: "2h" } }, send("more", "marketing", { overCap: "wait" })],
  },
  {
    kind: "journey",
    name: "welcome",
    trigger: { enters: "tag:viewer" },
    entry: { once: "ever" },
    steps: [{ wait: { for: "30m" } }, send("look", "marketing")],
  },
  mail("rescue", "marketing"),
  mail("look", "marketing"),
  mail("more", "marketing"),
  mail("receipt", "transactional"),
  provider("first", 0),
  provider("second", 1),
];

/** The names of the journeys that an event by this name lets people into. */
export const ENTERED_BY: ReadonlyMap<string, string> = new Map([
  ["Product Added", "cart"],
  ["Product Viewed", "viewed"],
  ["Order Completed", "thanks"],
]);

/** The definitions of a world in which messages are sent. */
export function messageDefinitions(people: Population): StoredDefinition[] {
  const written = WRITTEN.map((one) => Definition.parse(one));
  return [
    ...definitionsOf(1, people).filter(({ kind }) => kind !== "setting"),
    ...written.map((definition) => ({ kind: definition.kind, name: definition.name, version: 1, definition })),
  ];
}
