/** What a marketing SMS must end with, by the country that it goes to. China: the receiver is told how to refuse
 *  (《通信短信息服务管理规定》, article 20, https://www.gov.cn/gongbao/content/2015/content_2938488.htm). The numbering plan of
 *  North America: the CTIA's Messaging Principles, 5.1.3 (https://www.ctia.org/the-wireless-industry/industry-commitments/messaging-interoperability-sms-mms). */
const LINES: readonly { readonly prefix: string; readonly line: string; readonly said: RegExp }[] = [
  { prefix: "+86", line: ",拒收请回复R", said: /退订|拒收/ },
  { prefix: "+1", line: " Reply STOP to opt out", said: /\bSTOP\b/i },
];

/** Tells in a marketing text how to opt out, where the region of its number (E.164) asks for it and the text does not say
 *  so itself: once. Everything else stays as it is. Pure. */
export function addOptOutLine(
  text: string,
  { to, category }: { readonly to: string; readonly category: "marketing" | "transactional" },
): string {
  const rule = category === "marketing" ? LINES.find(({ prefix }) => to.startsWith(prefix)) : undefined;
  return !rule || rule.said.test(text) ? text : `${text}${rule.line}`;
}
