import type { CapUse } from "#domain/decide/caps.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { Profile } from "#domain/profile/state.ts";
import { chooseTemplate } from "#domain/templates/choose-template.ts";
import { planRender } from "#domain/templates/plan-render.ts";
import { makeRenderScope } from "#domain/templates/render-scope.ts";
import type { RenderJob } from "#domain/templates/rendering.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import type { SimulatedSend } from "#events/admin-api/simulation.ts";
import { ChannelName } from "#events/definitions/template.ts";
import type { Effect, EntryCause } from "./run.ts";
import { decideSend, type KnownAddresses, type Look, type TakenChannel, type TouchAsk } from "./simulate-touch.ts";
import { calendarOfPerson } from "./walker.ts";

/** Where the links to unsubscribe of a simulated message lead: to nothing. */
const LINKS = { unsubscribe: "https://unsubscribe.invalid/", preferences: "https://preferences.invalid/" };

export interface TouchOfRun {
  readonly effect: Extract<Effect, { kind: "touch" }>;
  readonly journey: string;
  readonly cause: EntryCause;
  /** Where it has waited: the channel stays. */
  readonly taken?: TakenChannel;
}

/** What is known of addresses, with the places that the simulation itself has taken. */
export interface Places extends KnownAddresses {
  readonly take: (channel: string, address: string, category: TouchAsk["send"]["category"], use: CapUse) => void;
}

export function makePlaces(known: KnownAddresses): Places {
  const taken = new Map<string, CapUse[]>();
  const keyOf = (...parts: readonly string[]) => JSON.stringify(parts);
  return {
    isSuppressed: known.isSuppressed,
    usesOf: (channel, address, category) => [
      ...known.usesOf(channel, address, category),
      ...(taken.get(keyOf(channel, address, category)) ?? []),
    ],
    take: (channel, address, category, use) => {
      const key = keyOf(channel, address, category);
      taken.set(key, [...(taken.get(key) ?? []), use]);
    },
  };
}

/** Decides about a message now, and plans it where it would be sent. */
export function simulateSend(
  { effect, journey, cause, taken }: TouchOfRun,
  person: Profile,
  now: number,
  places: Places,
  bundle: CompiledBundle,
): { readonly step: SimulatedSend; readonly job?: RenderJob } {
  const { touchId, path, send } = effect;
  const { looks, chosen, choice } = decideSend({ touchId, send, person, now, taken }, places, bundle);
  const occasion = { journey, arms: effect.arms, links: LINKS, ...(cause.event && { event: cause.event }) };
  const planned =
    chosen?.decision.kind === "go" ? planMessage(chosen, send.template, person, now, occasion, bundle) : {};
  if (chosen?.decision.kind === "go" && chosen.address !== null) {
    places.take(chosen.channel, chosen.address, send.category, { touchId, at: now });
  }
  return {
    step: {
      kind: "send",
      at: writeInstant(now),
      path,
      touchId,
      template: send.template,
      category: send.category,
      channels: looks.map((look) => ({
        channel: look.channel,
        chosen: look === chosen,
        result: look.decision.kind === "go" ? "go" : look.decision.reason,
      })),
      channel: chosen?.channel ?? "",
      choice,
      address: chosen?.address ?? null,
      checks: [...(chosen?.checks ?? [])],
      ...resultOf(chosen, planned.job !== undefined),
      locale: planned.locale ?? null,
      message: null,
      faults: [],
    },
    ...(planned.job && { job: planned.job }),
  };
}

function resultOf(chosen: Look | undefined, hasTemplate: boolean): Pick<SimulatedSend, "result" | "reason" | "until"> {
  const decision = chosen?.decision;
  if (!decision) return { result: "stopped", reason: "channel_missing", until: null };
  if (decision.kind === "wait") {
    return { result: "waits", reason: decision.reason, until: writeInstant(decision.until) };
  }
  if (decision.kind === "stop") return { result: "stopped", reason: decision.reason, until: null };
  return hasTemplate
    ? { result: "sent", reason: null, until: null }
    : { result: "failed", reason: "template_unknown", until: null };
}

function planMessage(
  { channel }: Look,
  name: string,
  person: Profile,
  now: number,
  occasion: Parameters<typeof makeRenderScope>[2],
  bundle: CompiledBundle,
): { job?: RenderJob; locale?: string } {
  const template = chooseTemplate(bundle.templates, name, channel);
  if (!template) return {};
  const scope = makeRenderScope(person, person.memberships, occasion, bundle);
  const { timeZone } = calendarOfPerson(person, bundle);
  return planRender(template, { scope, timeZone, now, channel: ChannelName.parse(channel) }, bundle);
}
