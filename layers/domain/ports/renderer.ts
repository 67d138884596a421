import type { TemplateContent } from "#events/definitions/template.ts";

export type Rendering =
  | { readonly kind: "rendered"; readonly content: TemplateContent; readonly locale: string }
  /** `code` is a stable word, `detail` the name of what is missing or wrong, never a value. */
  | { readonly kind: "failed"; readonly code: string; readonly detail?: string };

/** Renders templates away from the thread that asks, within a bounded time. */
export interface Renderer {
  /** `locale`: the person's, such as zh or en-GB; the nearest that the template has is taken. */
  render(template: string, locale: string | undefined, scope: Readonly<Record<string, unknown>>): Promise<Rendering>;
}
