import { readGate } from "#domain/sending/gate.ts";
import { intervalOf } from "#domain/sending/pace.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import { ChannelList, type ChannelView } from "#events/admin-api/channels.ts";
import { defineRoute } from "../route.ts";

export const listChannels = defineRoute({
  method: "GET",
  path: "/admin/v1/channels",
  role: "viewer",
  tag: "Channels",
  summary: "See how the providers do",
  description: "Every provider of every channel, in the order in which they are used, with its rate and its breaker.",
  answers: { 200: { description: "All of them.", schema: ChannelList } },
  async handle({ now }, ports) {
    const { channels } = await ports.inForce();
    const items = await Promise.all(
      channels.map(async (definition): Promise<ChannelView> => {
        const { name, channel, adapter, priority = 0, rate } = definition;
        const { breaker, nextAt } = await readGate(ports.work, name);
        return {
          name,
          channel,
          adapter,
          priority,
          intervalMs: intervalOf(rate),
          breaker: {
            state: breaker.state,
            failures: breaker.state === "closed" ? breaker.failures : 0,
            restsUntil: breaker.state === "open" ? writeInstant(breaker.restsUntil) : null,
          },
          nextAt: nextAt > now ? writeInstant(Math.ceil(nextAt)) : null,
        };
      }),
    );
    return { status: 200, body: { items, cursor: null } };
  },
});
