import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { TemplateDefinition } from "#events/definitions/template.ts";
import { ChannelName } from "#events/definitions/template.ts";
import { chooseLocale } from "./choose-locale.ts";
import type { RenderJob } from "./rendering.ts";

/** For whom and when a template is rendered. */
export interface RenderRequest {
  /** By `makeRenderScope`, or a sample. */
  readonly scope: Readonly<Record<string, unknown>>;
  /** Instead of the person's. */
  readonly locale?: string;
  /** The person's zone, IANA; the project's where it is left out. */
  readonly timeZone?: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly lenient?: boolean;
  /** The channel that it goes out by: the log takes messages that are made for another. */
  readonly channel?: ChannelName;
}

/** Puts together all that rendering a message takes: the person's language, the partials, the scope. `template` is a
 *  message and no partial. Pure. */
export function planRender(
  template: TemplateDefinition,
  request: RenderRequest,
  { project, templates }: Pick<CompiledBundle, "project" | "templates">,
): { readonly job: RenderJob; readonly locale: string } {
  const wanted = request.locale ?? localeOf(request.scope);
  const pick = ({ locales }: TemplateDefinition) => chooseLocale(Object.keys(locales), wanted, project.languages);
  const locale = pick(template);
  const partials = [...templates.values()].filter(({ channel }) => channel === "partial");
  const { unsubscribe, preferences } = (request.scope.links ?? {}) as Record<string, unknown>;
  const job: RenderJob = {
    channel: ChannelName.parse(template.channel),
    category: template.category ?? "marketing",
    content: template.locales[locale] ?? {},
    ...(template.wechatTemplateId !== undefined && { wechatTemplateId: template.wechatTemplateId }),
    ...(template.smsTemplateCode !== undefined && { smsTemplateCode: template.smsTemplateCode }),
    partials: Object.fromEntries(partials.map((one) => [one.name, one.locales[pick(one)]?.body ?? ""])),
    scope: { ...request.scope, locale },
    timeZone: request.timeZone ?? project.timeZone,
    now: request.now,
    untracked: [unsubscribe, preferences].filter((url) => typeof url === "string"),
    ...(request.lenient && { lenient: true }),
  };
  return { job, locale };
}

/** What the person's traits say: `locale`, else `language`. */
function localeOf(scope: Readonly<Record<string, unknown>>): string | undefined {
  const { traits } = (scope.person ?? {}) as { traits?: Record<string, unknown> };
  return [traits?.locale, traits?.language].find((value) => typeof value === "string" && value !== "") as
    | string
    | undefined;
}
