import type { Rendered, RenderJob } from "#domain/templates/rendering.ts";

/** Renders templates away from the thread that asks, within a bounded time. */
export interface Renderer {
  /** A template that goes on for too long is a fault of it, like any other. */
  render(job: RenderJob): Promise<Rendered>;
}
