import type * as z from "zod";
import { type ActivityItem, ActivityPage } from "#events/admin-api/activity.ts";
import { ApplyAnswer } from "#events/admin-api/definitions.ts";
import { type FailedEventItem, FailedEventPage } from "#events/admin-api/failed-events.ts";
import { MemberCount, MemberPage } from "#events/admin-api/memberships.ts";
import { ProfileView } from "#events/admin-api/profile-view.ts";
import { Totals } from "#events/admin-api/totals.ts";
import { TouchPage, type TouchView } from "#events/admin-api/touches.ts";
import type { LocalStack } from "../support/local-stack.ts";

/** Asks the administration API; throws where it does not answer with success or not by its schema. */
export async function ask<Schema extends z.ZodType>(
  stack: LocalStack,
  path: string,
  schema: Schema,
  { method = "GET", body }: { readonly method?: string; readonly body?: unknown } = {},
): Promise<z.infer<Schema>> {
  const response = await stack.admin(`/admin/v1${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return schema.parse(JSON.parse(text));
}

/** The person with an identifier such as `userId:u-1`. */
export function readProfile(stack: LocalStack, identifier: string): Promise<ProfileView> {
  return ask(stack, `/profiles?identifier=${encodeURIComponent(identifier)}`, ProfileView);
}

/** A definition as its author writes it. */
export interface Definition extends Readonly<Record<string, unknown>> {
  readonly kind: string;
  readonly name: string;
}

/** Puts definitions in force, all of them as one change set. */
export async function applyDefinitions(stack: LocalStack, definitions: readonly Definition[]): Promise<void> {
  const changes = definitions.map((definition) => {
    const { kind, name } = definition;
    return { op: "put", kind, name, definition };
  });
  await ask(stack, "/definitions/apply", ApplyAnswer, { method: "POST", body: { changes } });
}

/** What journeys asked to send a person, the newest run first; at most a page of it. */
export async function readTouches(stack: LocalStack, profileId: string): Promise<TouchView[]> {
  return (await ask(stack, `/profiles/${profileId}/touches`, TouchPage)).items;
}

/** Everything a person did, newest first, over all pages. */
export async function readActivity(stack: LocalStack, profileId: string): Promise<ActivityItem[]> {
  return readAll((page) => ask(stack, `/profiles/${profileId}/activity?limit=200${page}`, ActivityPage));
}

/** All failed events, newest objects first. */
export async function readFailedEvents(stack: LocalStack): Promise<FailedEventItem[]> {
  return readAll((page) => ask(stack, `/failed-events?limit=50${page}`, FailedEventPage));
}

/** Profile ids of everyone in a tag, by the index. */
export async function readMembers(stack: LocalStack, key: string): Promise<string[]> {
  const path = `/memberships/${encodeURIComponent(key)}/members?limit=1000`;
  return (await readAll((page) => ask(stack, `${path}${page}`, MemberPage))).map(({ profileId }) => profileId);
}

export function countMembers(stack: LocalStack, key: string): Promise<MemberCount> {
  return ask(stack, `/memberships/${encodeURIComponent(key)}/count`, MemberCount);
}

export function readTotals(stack: LocalStack): Promise<Totals> {
  return ask(stack, "/totals", Totals);
}

/** Asks the runtime itself for faults; what is not named goes on as it was. */
export async function askForFaults(
  stack: LocalStack,
  faults: { throttlePuts?: number; failPutRecords?: number; killHandler?: string; times?: number },
): Promise<void> {
  const response = await stack.admin("/local/faults", { method: "POST", body: JSON.stringify(faults) });
  if (!response.ok) throw new Error(`/local/faults answered ${response.status}: ${await response.text()}`);
}

async function readAll<Item>(
  readPage: (query: string) => Promise<{ readonly items: Item[]; readonly cursor: string | null }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let query = "";
  for (;;) {
    const page = await readPage(query);
    items.push(...page.items);
    if (page.cursor === null) return items;
    query = `&cursor=${encodeURIComponent(page.cursor)}`;
  }
}
