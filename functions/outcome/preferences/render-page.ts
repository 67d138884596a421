import { html, Markup } from "#aws/html.ts";
import { type Preference, preferenceName } from "#domain/consents/preferences.ts";
import { PAGE_STYLE } from "./style.ts";
import { type Language, TEXTS, type Texts } from "./texts.ts";

/** What the page has to say. */
export type PageContent =
  | { readonly kind: "form"; readonly preferences: readonly Preference[] }
  | { readonly kind: "saved"; readonly preferences: readonly Preference[] }
  | { readonly kind: "stopped"; readonly everywhere: boolean }
  | { readonly kind: "erased" }
  | { readonly kind: "unknown" }
  | { readonly kind: "later" };

/** Renders the page: text, one form that works without a script, and nothing to load. Everything in it is escaped. */
export function renderPage(content: PageContent, language: Language): { html: string; style: string } {
  const texts = TEXTS[language];
  const page = html`<!doctype html>
<html lang="${texts.htmlLang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${titleOf(content, texts)}</title>
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
<main>
<p class="language"><a href="?lang=${texts.otherLanguage.code}" lang="${texts.otherLanguage.code}">${texts.otherLanguage.name}</a></p>
${renderContent(content, texts, language)}
</main>
</body>
</html>
`;
  return { html: page.text, style: PAGE_STYLE };
}

function titleOf({ kind }: PageContent, texts: Texts): string {
  return kind === "form" ? texts.title : texts[`${kind}Title`];
}

function renderContent(content: PageContent, texts: Texts, language: Language): Markup {
  switch (content.kind) {
    case "form":
      return html`${renderForm(content.preferences, texts)}${renderStop(texts)}${renderUses(texts)}`;
    case "saved":
      return html`${renderSaved(content.preferences, texts, language)}${renderUses(texts)}`;
    case "stopped":
      return html`<section class="card"><h1>${texts.stoppedTitle}</h1><p>${content.everywhere ? texts.stoppedAll : texts.stopped}</p>
<p class="dim">${texts.stillSent}</p>${renderBack(texts, language)}</section>${renderUses(texts)}`;
    case "erased":
    case "unknown":
    case "later":
      return html`<section class="card"><h1>${texts[`${content.kind}Title`]}</h1><p>${texts[content.kind]}</p></section>`;
    default:
      return content satisfies never;
  }
}

function renderForm(preferences: readonly Preference[], texts: Texts): Markup {
  return html`<form method="post" class="card">
<h1>${texts.title}</h1>
<p class="dim">${texts.intro}</p>
${groups(preferences).map(
  ([purpose, rows]) => html`<fieldset>
<legend>${purposeOf(purpose, texts).title}</legend>
<p class="dim">${purposeOf(purpose, texts).about}</p>
${rows.map((row) => renderChoice(row, texts))}</fieldset>
`,
)}<p class="actions"><button name="do" value="save">${texts.save}</button></p>
</form>
`;
}

/** What was shown travels with the form, so that only what somebody changed is taken for said. */
function renderChoice(row: Preference, texts: Texts): Markup {
  const name = preferenceName(row);
  return html`<label><input type="checkbox" name="on" value="${name}"${row.granted && html` checked`}>${
    row.granted && html`<input type="hidden" name="shown" value="${name}">`
  }<span>${channelOf(row.channel, texts)}${renderState(row, texts)}</span></label>
`;
}

function renderState(row: Preference, texts: Texts): Markup {
  if (row.blocked) return html`<span class="state bad">${texts.blocked}</span>`;
  return html`<span class="state">${row.granted ? texts.allowed : texts.refused}</span>`;
}

function renderStop(texts: Texts): Markup {
  return html`<form method="post" class="card">
<h2>${texts.stopTitle}</h2>
<p class="dim">${texts.stopAbout}<br>${texts.stillSent}</p>
<p class="actions"><button class="quiet" name="do" value="none">${texts.stopAll}</button></p>
</form>
`;
}

function renderSaved(preferences: readonly Preference[], texts: Texts, language: Language): Markup {
  return html`<section class="card">
<h1>${texts.savedTitle}</h1>
<p>${texts.saved}</p>
${groups(preferences).map(
  ([purpose, rows]) => html`<fieldset>
<legend>${purposeOf(purpose, texts).title}</legend>
${rows.map(
  (row) => html`<div class="row"><span class="mark${!row.granted && " no"}" aria-hidden="true">${
    row.granted ? "✓" : "–"
  }</span><span>${channelOf(row.channel, texts)}${renderState(row, texts)}</span></div>
`,
)}</fieldset>
`,
)}${renderBack(texts, language)}
</section>
`;
}

/** A link, not the browser's way back: going back would show what was true before. */
function renderBack(texts: Texts, language: Language): Markup {
  return html`<p class="actions"><a class="button quiet" href="?lang=${language}">${texts.change}</a></p>`;
}

function renderUses(texts: Texts): Markup {
  return html`<section class="card">
<h2>${texts.usesTitle}</h2>
<ul>${texts.uses.map((use) => html`<li>${use}</li>`)}</ul>
</section>
`;
}

function groups(preferences: readonly Preference[]): [string, Preference[]][] {
  return [...Map.groupBy(preferences, ({ purpose }) => purpose)];
}

/** A purpose of the project's own has only its name. */
function purposeOf(purpose: string, texts: Texts): { readonly title: string; readonly about: string } {
  const known = Object.hasOwn(texts.purposes, purpose) ? texts.purposes[purpose] : undefined;
  return known ?? { title: purpose, about: "" };
}

function channelOf(channel: string, texts: Texts): string {
  return (Object.hasOwn(texts.channels, channel) ? texts.channels[channel] : undefined) ?? channel;
}
