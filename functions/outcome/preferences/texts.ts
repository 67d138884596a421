/** The languages of the page. */
export type Language = "en" | "zh";

/** Goes into the ledger with what people say here: raise it whenever a text below changes its meaning. */
const TEXT_VERSION = 1;

export function textVersionOf(language: Language): string {
  return `preference-page-${TEXT_VERSION}-${language}`;
}

export interface Texts {
  readonly htmlLang: string;
  readonly otherLanguage: { readonly code: Language; readonly name: string };
  readonly title: string;
  readonly intro: string;
  readonly channels: Readonly<Record<string, string>>;
  readonly purposes: Readonly<Record<string, { readonly title: string; readonly about: string }>>;
  readonly allowed: string;
  readonly refused: string;
  readonly blocked: string;
  readonly save: string;
  readonly stopTitle: string;
  readonly stopAll: string;
  readonly stopAbout: string;
  readonly savedTitle: string;
  readonly saved: string;
  readonly stoppedTitle: string;
  readonly stopped: string;
  readonly stoppedAll: string;
  readonly stillSent: string;
  readonly change: string;
  readonly usesTitle: string;
  readonly uses: readonly string[];
  readonly erasedTitle: string;
  readonly erased: string;
  readonly unknownTitle: string;
  readonly unknown: string;
  readonly laterTitle: string;
  readonly later: string;
}

const en: Texts = {
  htmlLang: "en",
  otherLanguage: { code: "zh", name: "中文" },
  title: "What may we send you?",
  intro: "Tick what you would like to get and save. You can come back by the same link at any time.",
  channels: {
    email: "E-mail",
    sms: "Text message",
    push: "Notifications in the app",
    wechat: "WeChat",
    inapp: "Messages in the app",
    webhook: "Other systems",
    log: "Test messages",
  },
  purposes: {
    marketing: { title: "Offers and news", about: "Recommendations, vouchers, birthday greetings and news." },
    analytics: { title: "Statistics", about: "Counting how our pages and messages are used." },
    personalisation: { title: "Personal recommendations", about: "Choosing what we show you by what you did before." },
  },
  allowed: "You agreed",
  refused: "You have not agreed, or said no",
  blocked: "Nothing can be sent here: messages came back, or one was reported. Please ask us if that is a mistake.",
  save: "Save",
  stopTitle: "Nothing at all, please",
  stopAll: "Stop all offers and news",
  stopAbout: "On every channel, at once.",
  savedTitle: "Saved",
  saved: "This is what you chose:",
  stoppedTitle: "You are unsubscribed",
  stopped: "We will send you no more offers and news this way.",
  stoppedAll: "We will send you no more offers and news, on any channel.",
  stillSent: "What belongs to an order or to your account, such as a confirmation, still reaches you.",
  change: "Change my mind",
  usesTitle: "What your data are used for",
  uses: [
    "Your contact details: to send you what you ordered or asked for, and offers where you agreed.",
    "What you look at and buy with us: to choose offers that fit you and not to trouble you with others.",
    "Whether a message was delivered, opened or clicked: to send fewer and better ones.",
    "What you say on this page is kept with its time and wording, so that we can show that we followed it.",
  ],
  erasedTitle: "We have no data about you any more",
  erased: "Your data were erased. You have nothing left to do, and we send nothing to the address of this message.",
  unknownTitle: "This link does not work",
  unknown: "It may be incomplete. Please open it again from the message, or copy the whole of it.",
  laterTitle: "That did not work just now",
  later: "Please try again in a minute.",
};

const zh: Texts = {
  htmlLang: "zh-CN",
  otherLanguage: { code: "en", name: "English" },
  title: "您希望收到哪些消息？",
  intro: "勾选您愿意接收的内容并保存。您可以随时通过同一链接再次修改。",
  channels: {
    email: "电子邮件",
    sms: "短信",
    push: "应用推送通知",
    wechat: "微信",
    inapp: "应用内消息",
    webhook: "其他系统",
    log: "测试消息",
  },
  purposes: {
    marketing: { title: "优惠与资讯", about: "商品推荐、优惠券、生日祝福和新品资讯。" },
    analytics: { title: "统计分析", about: "统计我们的页面和消息的使用情况。" },
    personalisation: { title: "个性化推荐", about: "根据您以往的行为选择向您展示的内容。" },
  },
  allowed: "您已同意",
  refused: "您尚未同意或已拒绝",
  blocked: "无法发送到此渠道：消息曾被退回或被举报。如有误，请联系我们。",
  save: "保存",
  stopTitle: "不想再收到任何消息？",
  stopAll: "退订全部优惠与资讯",
  stopAbout: "所有渠道立即生效。",
  savedTitle: "已保存",
  saved: "您的选择如下：",
  stoppedTitle: "您已退订",
  stopped: "我们不会再通过此渠道向您发送优惠与资讯。",
  stoppedAll: "我们不会再通过任何渠道向您发送优惠与资讯。",
  stillSent: "与您的订单或账户有关的消息（例如订单确认）仍会送达。",
  change: "重新选择",
  usesTitle: "您的数据用于什么",
  uses: [
    "联系方式：用于发送您订购或要求的内容；在您同意的情况下发送优惠。",
    "浏览与购买记录：用于挑选适合您的优惠，避免打扰您。",
    "消息是否送达、打开或点击：用于减少并改进我们发送的消息。",
    "您在本页的选择会连同时间和文字版本一起保存，以证明我们遵守了您的选择。",
  ],
  erasedTitle: "我们已没有您的任何数据",
  erased: "您的数据已被删除。您无需再做任何操作，我们不会再向这条消息的收件地址发送内容。",
  unknownTitle: "此链接无效",
  unknown: "链接可能不完整。请从消息中重新打开，或复制完整链接。",
  laterTitle: "暂时未能完成",
  later: "请稍后再试。",
};

export const TEXTS: Readonly<Record<Language, Texts>> = { en, zh };

/** The language that was asked for (`?lang=`), else the first of ours in the order of Accept-Language, else English. */
export function chooseLanguage(asked: string | null, acceptLanguage: string | undefined): Language {
  const wanted = asked === null ? rankLanguages(acceptLanguage ?? "") : [asked];
  for (const tag of wanted) {
    const [primary = ""] = tag.toLowerCase().split("-");
    if (primary === "en" || primary === "zh") return primary;
  }
  return "en";
}

/** Tags of an Accept-Language header, the most wanted first (RFC 9110, 12.5.4). */
function rankLanguages(header: string): string[] {
  return header
    .slice(0, 500)
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().split(";");
      const q = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
      return { tag, weight: q === undefined ? 1 : Number(q) };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}
