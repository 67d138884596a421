import * as z from "zod";
import { sourceSecret } from "#domain/outcomes/identity-proof.ts";
import { SourceSecret } from "#events/admin-api/source-secret.ts";
import { DefinitionName } from "#events/definitions/fields.ts";
import { AdminError } from "../admin-error.ts";
import { auditChange } from "../audit-change.ts";
import { defineRoute } from "../route.ts";

export const getSourceSecret = defineRoute({
  method: "GET",
  path: "/admin/v1/definitions/source/{name}/identity-secret",
  role: "admin",
  tag: "Definitions",
  summary: "Read the secret by which a source vouches for its users",
  description:
    "For the shop's own server, which makes `identityProof` = hex of HMAC-SHA256(secret, userId) for `GET /v1/inapp`. It changes when the source's write key is rotated. Every reading is audited.",
  params: z.object({ name: DefinitionName }),
  answers: { 200: { description: "The secret.", schema: SourceSecret } },
  refusals: { 404: "definition_unknown" },
  async handle(input, ports) {
    const { name } = input.params;
    const { definitions } = await ports.definitions.current();
    const stored = definitions.find((each) => each.kind === "source" && each.name === name);
    const keyHash = stored?.keyHash;
    if (keyHash === undefined) throw new AdminError(404, "definition_unknown", `there is no source named ${name}`);
    const what = { action: "source.read-identity-secret", target: `source/${name}` };
    const secret = await auditChange(input, what, ports, async () => ({
      result: sourceSecret(await ports.linkKey(), keyHash),
    }));
    return { status: 200, body: { kind: "source", name, identitySecret: secret } };
  },
});
