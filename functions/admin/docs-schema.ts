import * as z from "zod";
import { html, type Markup } from "#aws/html.ts";

/** As much of JSON Schema as our own document uses. */
export interface Schema {
  readonly $ref?: string | undefined;
  readonly type?: string | readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly format?: string | undefined;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly items?: Schema | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: boolean | Schema | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly oneOf?: readonly Schema[] | undefined;
  readonly allOf?: readonly Schema[] | undefined;
}

const SchemaShape = z.record(z.string(), z.unknown());

/** Reads an unknown part of the document as a schema. `true` and the like say nothing. */
export function readSchema(value: unknown): Schema {
  const parsed = SchemaShape.safeParse(value);
  return parsed.success ? (parsed.data as Schema) : {};
}

/** Tells a schema in a few words: `array of Profile`, `"viewer" | "operator"`. */
export function renderType(schema: Schema): Markup {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return html`${JSON.stringify(schema.const)}`;
  if (schema.enum) return html`${schema.enum.map((value) => JSON.stringify(value)).join(" | ")}`;
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices) return html`${choices.map((choice, index) => [index > 0 ? " | " : "", renderType(choice)])}`;
  if (schema.items) return html`array of ${renderType(schema.items)}`;
  if (typeof schema.additionalProperties === "object" && !schema.properties) {
    return html`object of ${renderType(schema.additionalProperties)}`;
  }
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : (schema.type ?? "anything");
  return html`${type}${schema.format !== undefined && ` (${schema.format})`}`;
}

/** The fields of an object, nested ones indented; nothing for what has no fields. */
export function renderFields(schema: Schema): Markup {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return html``;
  return html`<ul class="fields">${fields.map(([name, field]) => renderField(name, field, schema.required ?? []))}</ul>`;
}

function renderField(name: string, field: Schema, required: readonly string[]): Markup {
  const isOptional = !required.includes(name);
  const inner = field.items ?? (typeof field.additionalProperties === "object" ? field.additionalProperties : field);
  return html`<li><code>${name}</code> <span class="type">${renderType(field)}</span>${
    isOptional && html` <span class="optional">optional</span>`
  }${field.default !== undefined && html` <span class="optional">default ${JSON.stringify(field.default)}</span>`}${
    field.description !== undefined && html` <span class="about">${field.description}</span>`
  }${renderFields(inner)}</li>`;
}
