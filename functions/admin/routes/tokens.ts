import * as z from "zod";
import type { AdminToken } from "#domain/ports/token-store.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import { pageQuery } from "#events/admin-api/page-query.ts";
import { NewToken, NewTokenRequest, TokenId, TokenItem, TokenPage } from "#events/admin-api/tokens.ts";
import { AdminError } from "../admin-error.ts";
import { auditChange } from "../audit-change.ts";
import { hashOf } from "../auth.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { defineRoute } from "../route.ts";

const tag = "Tokens";

export const createToken = defineRoute({
  method: "POST",
  path: "/admin/v1/tokens",
  role: "admin",
  tag,
  summary: "Make a token",
  description: "The token is shown in this answer only; all that is kept of it is a hash.",
  body: NewTokenRequest,
  answers: { 201: { description: "The token.", schema: NewToken } },
  async handle(input, ports) {
    const { name, role } = input.body;
    const token = ports.randomSecret("sk_");
    const kept: AdminToken = { hash: hashOf(token).toString("hex"), name, role, createdAt: input.now };
    const what = { action: "token.create", target: kept.hash, details: { name, role } };
    await auditChange(input, what, ports, async () => ({ result: await ports.tokens.put(kept) }));
    return { status: 201, body: { ...viewToken(kept), token } };
  },
});

export const listTokens = defineRoute({
  method: "GET",
  path: "/admin/v1/tokens",
  role: "admin",
  tag,
  summary: "List the tokens",
  description: "The deployment's own first token is not among them.",
  query: z.object(pageQuery({ default: 50, max: 200 })),
  answers: { 200: { description: "A page of tokens, without the tokens themselves.", schema: TokenPage } },
  async handle({ query }, { tokens }) {
    const after = readCursor("tokens", query.cursor, TokenId);
    const page = await tokens.list({ limit: query.limit, ...(after !== undefined && { cursor: after }) });
    const cursor = page.cursor === undefined ? null : writeCursor("tokens", page.cursor);
    return { status: 200, body: { items: page.tokens.map(viewToken), cursor } };
  },
});

export const deleteToken = defineRoute({
  method: "DELETE",
  path: "/admin/v1/tokens/{id}",
  role: "admin",
  tag,
  summary: "Revoke a token",
  params: z.object({ id: TokenId }),
  answers: { 200: { description: "Refused from now on.", schema: TokenItem } },
  refusals: { 404: "token_not_found" },
  async handle(input, ports) {
    const { id } = input.params;
    const kept = await ports.tokens.find(id);
    if (!kept) throw new AdminError(404, "token_not_found", "there is no token with this id");
    const what = { action: "token.revoke", target: id, details: { name: kept.name, role: kept.role } };
    await auditChange(input, what, ports, async () => ({ result: await ports.tokens.remove(id) }));
    return { status: 200, body: viewToken(kept) };
  },
});

function viewToken({ hash, name, role, createdAt }: AdminToken): TokenItem {
  return { id: hash, name, role, createdAt: writeInstant(createdAt) };
}
