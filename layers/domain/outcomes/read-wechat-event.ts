import type { Receipt } from "./receipt.ts";

/** What a template message came to, in WeChat's words.
 *  https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Template_Message_Interface.html */
const BLOCKED = /^failed:\s*user block$/;

/** Reads an event that WeChat posts as XML, not encrypted. Undefined for everything but the end of a template message:
 *  whatever people write to an account is none of ours. Pure. */
export function readWechatEvent(xml: string): Receipt | undefined {
  if (textOf(xml, "Event") !== "TEMPLATESENDJOBFINISH") return undefined;
  const providerId = textOf(xml, "MsgID") ?? "";
  const at = Number(textOf(xml, "CreateTime")) * 1_000;
  if (!/^\d{1,20}$/.test(providerId) || !Number.isFinite(at)) return undefined;
  const touch = { provider: "official-account", providerId };
  const status = textOf(xml, "Status") ?? "";
  if (status === "success") return { touch, name: "Delivered", at };
  const isBlocked = BLOCKED.test(status);
  const bounceType = isBlocked ? "blocked" : "system";
  const why = { occurrence: bounceType, properties: { bounceType } };
  return { touch, name: "Bounced", at, ...why, ...(isBlocked && { suppress: "unsubscribed" }) };
}

/** The text of an element that holds nothing but text, in CDATA or not. */
function textOf(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>(?:<!\\[CDATA\\[([^\\]]{0,256})\\]\\]>|([^<]{0,256}))</${name}>`).exec(xml);
  return found?.[1] ?? found?.[2];
}
