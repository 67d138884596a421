import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { type LinkKey, signLink } from "#domain/links/link-token.ts";
import type { OutgoingMessage } from "#domain/ports/channel.ts";
import type { Renderer } from "#domain/ports/renderer.ts";
import type { Profile } from "#domain/profile/state.ts";
import { chooseTemplate } from "#domain/templates/choose-template.ts";
import { planRender } from "#domain/templates/plan-render.ts";
import { makeRenderScope } from "#domain/templates/render-scope.ts";
import { trackMessage } from "#domain/templates/track-message.ts";
import type { Touch } from "#domain/touches/touch.ts";
import { ChannelName } from "#events/definitions/template.ts";

export interface Composing {
  readonly touch: Touch;
  readonly person: Profile;
  readonly address: string;
  /** IANA. */
  readonly timeZone: string;
  readonly key: LinkKey;
  readonly publicUrl: string;
  readonly now: number;
}

export type Composition =
  | { readonly kind: "composed"; readonly message: OutgoingMessage }
  /** `template_failed`, with the renderer's own word: `template_failed:template_missing_value:person.traits.name`. */
  | { readonly kind: "failed"; readonly reason: string };

/** The longest part of a fault that is stored: a name out of a template, never a person's value. */
const MAX_NAME_CHARS = 100;

/** Renders the message of a touch, with the links that only this touch has: those to unsubscribe, and those that tell
 *  of a click or an opening. */
export async function composeMessage(renderer: Renderer, of: Composing, bundle: CompiledBundle): Promise<Composition> {
  const { touch, person, address, key, publicUrl, now } = of;
  const template = chooseTemplate(bundle.templates, touch.template, touch.channel);
  if (!template) return { kind: "failed", reason: "template_failed:template_unknown" };
  const page = preferencesUrl(of);
  const occasion = {
    journey: touch.journey,
    arms: touch.arms,
    links: { unsubscribe: page, preferences: page },
    ...(touch.cause.event && { event: touch.cause.event }),
  };
  const scope = makeRenderScope(person, person.memberships, occasion, bundle);
  const request = { scope, timeZone: of.timeZone, now, channel: ChannelName.parse(touch.channel) };
  const rendered = await renderer.render(planRender(template, request, bundle).job);
  if (!rendered.ok) {
    const [fault] = rendered.faults;
    const words = ["template_failed", fault?.code, fault?.value?.slice(0, MAX_NAME_CHARS)];
    return { kind: "failed", reason: words.filter(Boolean).join(":") };
  }
  const ids = { t: touch.id, c: touch.channel };
  const track = (u: string) => `${publicUrl}/t/${signLink({ k: "click", ...ids, u }, key)}`;
  const openPixel = `${publicUrl}/t/${signLink({ k: "open", ...ids }, key)}`;
  const message = trackMessage(rendered.message, rendered.links, { track, openPixel });
  const unsubscribe = touch.category === "marketing" && { unsubscribeUrl: page };
  const { category, journey } = touch;
  return {
    kind: "composed",
    message: { address, profileId: person.id, category, journey, message, ...unsubscribe },
  };
}

/** The page where the person says what they want to get; a POST there unsubscribes (RFC 8058). */
function preferencesUrl({ touch, person, key, publicUrl }: Composing): string {
  const a = touch.addressHash ?? "";
  const payload = { k: "preferences", t: touch.id, c: touch.channel, g: touch.category, a, p: person.id } as const;
  return `${publicUrl}/u/${signLink(payload, key)}`;
}
