import type { Renderer } from "#domain/ports/renderer.ts";
import type { Rendered, RenderJob } from "#domain/templates/rendering.ts";
import { RenderThread, ThreadLostError } from "./render-host.ts";

/** Work that one message may take: processor time, so that a busy machine fails no sound template. */
const DEFAULT_LIMIT_MS = 500;

/** Renders in a thread of its own with bounded memory, one message after another. The thread stays warm for the next
 *  message; one that works longer than `limitMs` or needs more memory is killed, and the next message gets another. */
export function makeTemplateRenderer({ limitMs = DEFAULT_LIMIT_MS }: { limitMs?: number } = {}): Renderer & {
  /** Ends the thread; a later message starts another. */
  close(): Promise<void>;
} {
  let warm: RenderThread | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function renderNext(job: RenderJob): Promise<Rendered> {
    try {
      if (warm?.ended) warm = undefined;
      warm ??= await RenderThread.start();
      return await warm.render(job, limitMs);
    } catch (error) {
      warm = undefined;
      if (!(error instanceof ThreadLostError)) throw error;
      const { code, message } = error;
      return { ok: false, faults: [{ code, field: "", message }], missing: [] };
    }
  }

  return {
    render(job) {
      const rendered = last.then(() => renderNext(job));
      last = rendered.catch(() => undefined);
      return rendered;
    },
    async close() {
      await last;
      const thread = warm;
      warm = undefined;
      await thread?.stop();
    },
  };
}
