import type { PlantedBug } from "./planted-bug.ts";

/** Bugs of adapters, of messages that touches share, and of what providers tell afterwards. */
export const CHANNEL_BUGS: readonly PlantedBug[] = [
  {
    name: "a bounce that suppresses nobody",
    world: "messages",
    patches: [
      {
        file: "functions/outcome/receipts/take-receipts.ts",
        find: "await ports.suppressions.put(touch.channel, touch.addressHash, scope, { reason: suppress, at });",
        replace: "",
      },
    ],
  },
  {
    name: "a receipt without its proof",
    world: "messages",
    patches: [
      {
        file: "layers/domain/outcomes/sns-message.ts",
        find: "if (!isGenuine) throw",
        replace: "if (isGenuine === undefined) throw",
      },
    ],
  },
  {
    name: "a lost answer taken for a token's end",
    world: "messages",
    patches: [
      {
        file: "layers/aws/channels/wechat.ts",
        find: "if (!TOKEN_ENDED.has(errcodeOf(first))) return resultOf(first);",
        replace: 'if (first.kind === "answered" && !TOKEN_ENDED.has(errcodeOf(first))) return resultOf(first);',
      },
    ],
  },
  {
    name: "handed on after an unknown answer",
    world: "messages",
    patches: [
      {
        file: "layers/domain/touches/touch-moves.ts",
        find: 'const uncertain = touch.uncertain || result.kind === "unknown";',
        replace: "const uncertain = touch.uncertain;",
      },
    ],
  },
  {
    name: "denied when refused the second time",
    world: "messages",
    patches: [
      {
        file: "layers/domain/touches/touch-moves.ts",
        find: 'if (result.kind === "failed" && touch.uncertain) return',
        replace: 'if (result.kind === "failed" && touch.attempt === 0) return',
      },
    ],
  },
  {
    name: "the first touch of a shared message alone",
    world: "messages",
    patches: [
      {
        file: "functions/send/read-message.ts",
        find: '"touchIds" in message ? message.touchIds : [message.touchId]',
        replace: '"touchIds" in message ? message.touchIds.slice(0, 1) : [message.touchId]',
      },
    ],
  },
  {
    name: "the consent of another channel",
    world: "messages",
    patches: [
      {
        file: "layers/domain/decide/decide-touch.ts",
        find: 'readConsent(person.state, "marketing", channel)',
        replace: 'readConsent(person.state, "marketing", "email")',
      },
    ],
  },
  {
    name: "a timer put again as it was",
    world: "messages",
    patches: [
      {
        file: "layers/domain/sending/wait-until.ts",
        find: "const version = revision + 1;",
        replace: 'const version = revision + 1;\n  if (touch.state === "waiting") return { kind: "waits", reason };',
      },
    ],
  },
];
