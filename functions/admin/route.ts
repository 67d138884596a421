import type * as z from "zod";
import type { Role } from "#events/admin-api/role.ts";
import type { AdminPorts } from "./ports.ts";

/** Who asks: the name and role of the token. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
}

export type Method = "GET" | "PUT" | "POST" | "DELETE";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a route is given: parsed where it has schemas. */
export interface RouteInput<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The value of a header, by any case of its name. */
  readonly header: (name: string) => string | undefined;
  readonly actor: Actor;
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What the document says of one answer. */
export interface AnswerDoc {
  readonly description: string;
  readonly schema?: z.ZodType;
}

/** One route: what it is for, who may call it, what it takes and gives, and how. The router and the OpenAPI document
 *  both read this. */
export interface Route {
  readonly method: Method;
  /** `/admin/v1/profiles/{id}`. */
  readonly path: string;
  readonly role: Role;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Headers it reads, by name, with what they are for. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<number, AnswerDoc>>;
  /** The codes of its own refusals by status, beside those that every route has. */
  readonly refusals?: Readonly<Record<number, string>>;
  readonly handle: (input: RouteInput<unknown, unknown, unknown>, ports: AdminPorts) => Promise<Answer>;
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** Declares a route whose `handle` is given exactly what its schemas parse to. */
export function defineRoute<
  Params extends z.ZodObject | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  route: Omit<Route, "params" | "query" | "body" | "handle"> & {
    params?: Params;
    query?: Query;
    body?: Body;
    handle: (input: RouteInput<Parsed<Params>, Parsed<Query>, Parsed<Body>>, ports: AdminPorts) => Promise<Answer>;
  },
): Route {
  // The router parses with these very schemas before it calls, so what `handle` is given has the types it names.
  return route as unknown as Route;
}
