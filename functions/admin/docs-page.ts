import * as z from "zod";
import { html, Markup } from "#aws/html.ts";
import { readSchema, renderFields, renderType, type Schema } from "./docs-schema.ts";
import { DOCS_STYLE } from "./docs-style.ts";

const Content = z.record(z.string(), z.looseObject({ schema: z.unknown().optional() }));
const Operation = z.looseObject({
  summary: z.string().optional(),
  description: z.string().optional(),
  tags: z.array(z.string()).default([]),
  parameters: z
    .array(
      z.looseObject({
        name: z.string(),
        in: z.string(),
        required: z.boolean().default(false),
        description: z.string().optional(),
        schema: z.unknown(),
      }),
    )
    .default([]),
  requestBody: z.looseObject({ content: Content }).optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string(), content: Content.optional() })),
});
type Operation = z.infer<typeof Operation>;

/** What the page reads of an OpenAPI document. */
const Document = z.looseObject({
  info: z.looseObject({ title: z.string(), description: z.string().optional() }),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()).default({}) }).optional(),
});

interface Named {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Renders an OpenAPI document as one page that loads and runs nothing. Everything in it is escaped. */
export function renderDocsPage(openApi: unknown): string {
  const { info, paths, components } = Document.parse(openApi);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Named => ({ method: method.toUpperCase(), path, operation })),
  );
  const byTag = Map.groupBy(operations, ({ operation }) => operation.tags[0] ?? "Other");
  const schemas = Object.entries(components?.schemas ?? {});
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} HTTP API</title>
<style>${new Markup(DOCS_STYLE)}</style>
</head>
<body>
<nav aria-label="Routes">
<h2>${info.title}</h2>
${[...byTag].map(
  ([tag, group]) => html`<h3><a href="#${idOf(tag)}">${tag}</a></h3>
<ul>${group.map(
    (named) => html`<li><a href="#${idOf(titleOf(named))}"><b>${named.method}</b> ${named.path}</a></li>
`,
  )}</ul>
`,
)}<h3><a href="#schemas">Schemas</a></h3>
</nav>
<main>
<h1>${info.title} HTTP API</h1>
<p>${info.description}</p>
<p>For programs: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
${[...byTag].map(
  ([tag, group]) => html`<h2 id="${idOf(tag)}">${tag}</h2>
${group.map(renderOperation)}`,
)}
<h2 id="schemas">Schemas</h2>
${schemas.map(([name, schema]) => renderNamedSchema(name, readSchema(schema)))}
</main>
</body>
</html>
`;
  return page.text;
}

function renderOperation(named: Named): Markup {
  const { method, path, operation } = named;
  return html`<section id="${idOf(titleOf(named))}">
<h3><span class="method ${method.toLowerCase()}">${method}</span> <code>${path}</code></h3>
<p><b>${operation.summary}.</b> ${operation.description}</p>
${renderParameters(operation)}${
  operation.requestBody && html`<h4>Body</h4>${renderContent(operation.requestBody.content)}`
}<h4>Answers</h4>
<dl>${Object.entries(operation.responses).map(
    ([status, { description, content }]) =>
      html`<dt>${status}</dt><dd>${description} ${content && renderContent(content)}</dd>`,
  )}</dl>
</section>
`;
}

function renderParameters({ parameters }: Operation): Markup {
  if (parameters.length === 0) return html``;
  return html`<table><thead><tr><th>Parameter</th><th>In</th><th>Type</th><th></th></tr></thead><tbody>${parameters.map(
    ({ name, in: place, required, schema, description }) =>
      html`<tr><td><code>${name}</code>${required && " *"}</td><td>${place}</td><td>${renderType(
        readSchema(schema),
      )}</td><td>${description ?? readSchema(schema).description}</td></tr>`,
  )}</tbody></table>
`;
}

function renderContent(content: z.infer<typeof Content>): Markup {
  return html`${Object.entries(content).map(([mediaType, { schema }]) => {
    const shape = readSchema(schema);
    return html`<span class="type">${mediaType}${schema !== undefined && html`: ${renderType(shape)}`}</span>${renderFields(shape)}`;
  })}`;
}

function renderNamedSchema(name: string, schema: Schema): Markup {
  return html`<section id="schema-${name}">
<h3>${name}</h3>
<p>${schema.description} <span class="type">${renderType(schema)}</span></p>
${renderFields(schema)}${schema.example !== undefined && html`<pre>${JSON.stringify(schema.example, null, 2)}</pre>`}
</section>
`;
}

function titleOf({ method, path }: Named): string {
  return `${method} ${path}`;
}

function idOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
