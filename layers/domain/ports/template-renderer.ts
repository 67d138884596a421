import type { Rendered, RenderJob } from "#domain/templates/rendering.ts";

/** Renders messages. Never throws for what a template does: a template that does not come to an end, or asks for too much
 *  memory, is given up with a fault, and the next message is none the worse. */
export interface TemplateRenderer {
  render(job: RenderJob): Promise<Rendered>;
}
