import type { Renderer } from "#domain/ports/renderer.ts";
import { renderMessage } from "#domain/templates/render-message.ts";

/** Renders in this very thread: for templates that come to an end. */
export function makeMemoryRenderer(): Renderer {
  return { render: async (job) => renderMessage(job) };
}
