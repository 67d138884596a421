import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { Renderer } from "#domain/ports/renderer.ts";
import type { Profile } from "#domain/profile/state.ts";
import { planRender } from "#domain/templates/plan-render.ts";
import { makePreviewScope } from "#domain/templates/preview-scope.ts";
import type { Rendered } from "#domain/templates/rendering.ts";
import type { TemplateDefinition } from "#events/definitions/template.ts";
import type { Message } from "#events/message.ts";
import type { TestRequest } from "./channel-message.ts";

const MARK = "[Test] ";

/** Renders a test message, of a person where there is one, else of the sample; its subject or title says what it is. Its
 *  links lead where the template says, untracked, and those to unsubscribe to nothing. */
export async function composeTest(
  renderer: Renderer,
  of: {
    readonly template: TemplateDefinition;
    readonly request: Pick<TestRequest, "sample" | "arm" | "locale">;
    readonly person: Profile | undefined;
    readonly now: number;
  },
  bundle: CompiledBundle,
): Promise<Rendered> {
  const { template, request, person, now } = of;
  const { sample = template.sample ?? {}, arm, locale } = request;
  const scope = makePreviewScope(sample, { person, arm, now }, bundle);
  const { job } = planRender(template, { scope, now, ...(locale !== undefined && { locale }) }, bundle);
  const rendered = await renderer.render(job);
  return rendered.ok ? { ...rendered, message: mark(rendered.message) } : rendered;
}

/** SMS, WeChat and webhooks have no place for a mark that their provider or receiver would take. */
function mark(message: Message): Message {
  if (message.channel === "email") return { ...message, subject: MARK + message.subject };
  if (message.channel === "push" || message.channel === "inapp") return { ...message, title: MARK + message.title };
  return message;
}
