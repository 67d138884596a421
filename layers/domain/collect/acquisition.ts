import type { Acquisition } from "#events/collected-event.ts";

/** Search engines by a part of their host, with the query parameters that hold what was searched for. */
const SEARCH_ENGINES: readonly { readonly name: string; readonly host: RegExp; readonly keyword: readonly string[] }[] =
  [
    { name: "google", host: /(^|\.)google\.[a-z.]{2,6}$/, keyword: ["q"] },
    { name: "baidu", host: /(^|\.)baidu\.com$/, keyword: ["wd", "word", "kw"] },
    { name: "bing", host: /(^|\.)bing\.com$/, keyword: ["q"] },
    { name: "sogou", host: /(^|\.)sogou\.com$/, keyword: ["query", "keyword"] },
    { name: "so", host: /(^|\.)so\.com$/, keyword: ["q"] },
    { name: "shenma", host: /(^|\.)sm\.cn$/, keyword: ["q"] },
    { name: "toutiao", host: /(^|\.)so\.toutiao\.com$/, keyword: ["keyword"] },
    { name: "yahoo", host: /(^|\.)search\.yahoo\.(com|co\.jp)$/, keyword: ["p"] },
    { name: "duckduckgo", host: /(^|\.)duckduckgo\.com$/, keyword: ["q"] },
    { name: "yandex", host: /(^|\.)yandex\.(com|ru)$/, keyword: ["text"] },
    { name: "naver", host: /(^|\.)search\.naver\.com$/, keyword: ["query"] },
  ];

/** Every field is part of the profile's item, whose size is its price. */
const MAX_FIELD_CHARACTERS = 256;

/** Where a visit came from, as far as the call says. Each of `said` wins over what the page's UTM parameters say, and
 *  those over what the referrer tells: a search engine is organic, any other site a referral. Undefined for direct
 *  visits and for steps within one site. */
export function readAcquisition(visit: {
  readonly said: Acquisition;
  readonly pageUrl: string | undefined;
  readonly referrer: string | undefined;
}): Acquisition | undefined {
  const page = parseUrl(visit.pageUrl);
  const named = { ...readUtm(page), ...visit.said };
  const from = readReferrer(parseUrl(visit.referrer), page, visit.referrer);
  const isNamed = named.source !== undefined || named.medium !== undefined || named.campaign !== undefined;
  const merged: Acquisition = { ...(isNamed ? keepReferrer(from) : from), ...named };
  const fields = Object.entries(merged).filter(([, value]) => value !== undefined && value !== "");
  if (fields.length === 0) return undefined;
  return Object.fromEntries(fields.map(([name, value]) => [name, cut(String(value))]));
}

/** Of a named campaign's referrer only what it does not decide: where the click was, and what was searched for. */
function keepReferrer({ referrer, keyword }: Acquisition): Acquisition {
  return { ...(referrer !== undefined && { referrer }), ...(keyword !== undefined && { keyword }) };
}

function readUtm(page: URL | undefined): Acquisition {
  if (page === undefined) return {};
  const fields: Acquisition = {};
  for (const name of ["source", "medium", "campaign", "term", "content"] as const) {
    const value = page.searchParams.get(`utm_${name}`);
    if (value) fields[name] = value;
  }
  return fields;
}

function readReferrer(from: URL | undefined, page: URL | undefined, text: string | undefined): Acquisition {
  if (from === undefined || text === undefined || from.hostname === page?.hostname) return {};
  const engine = SEARCH_ENGINES.find(({ host }) => host.test(from.hostname));
  if (engine === undefined) return { source: from.hostname, medium: "referral", referrer: text };
  const keyword = engine.keyword.map((name) => from.searchParams.get(name)).find((value) => value);
  return { source: engine.name, medium: "organic", referrer: text, ...(keyword && { keyword }) };
}

function parseUrl(text: string | undefined): URL | undefined {
  if (text === undefined || !/^https?:\/\//i.test(text)) return undefined;
  return URL.parse(text) ?? undefined;
}

/** A percent-decoded parameter may hold half a surrogate pair, and cutting may make one. */
function cut(text: string): string {
  const short = text.slice(0, MAX_FIELD_CHARACTERS);
  return short.isWellFormed() ? short : short.toWellFormed().replace(/\uFFFD$/, "");
}
