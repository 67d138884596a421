import { parentPort } from "node:worker_threads";
import { renderMessage } from "#domain/templates/render-message.ts";
import type { Rendered, RenderJob } from "#domain/templates/rendering.ts";

// Renders one message after another; whoever started it kills it where a message takes too long.
const port = parentPort;
if (!port) throw new Error("render-thread.ts runs as a worker thread");
port.on("message", (job: RenderJob) => port.postMessage(answer(job)));
port.postMessage("ready");

function answer(job: RenderJob): Rendered {
  try {
    return renderMessage(job);
  } catch (error) {
    const message = error instanceof Error ? error.message.slice(0, 500) : String(error);
    const code = error instanceof RangeError ? "template_too_deep" : "template_failed";
    return { ok: false, faults: [{ code, field: "", message }], missing: [] };
  }
}
