/** Why a text is not shown: the words at fault marked, and the rule with its article. */
import { html } from "../../html.js";
import { reasonText } from "../../words/error_text.js";
import { cutAtSpans } from "../../words/spans.js";
import { language, t } from "../../words/text.js";

/** @typedef {{ rule_id?: string, id?: string, article?: string | { zh: string, en: string }, article_en?: string }} Rule */

/** @param {{ facts: Record<string, any> }} props of a `filtered` problem */
export function FilterRefusal({ facts }) {
  const articles = [...new Set((facts.rules ?? []).map(articleOf).filter(Boolean))];
  return html`<div class="refusal" role="alert" data-code="filtered">
    <p class="refusal__title">${t("filter.title")}</p>
    ${facts.text && html`<p class="refusal__text">${cutAtSpans(facts.text, facts.spans ?? []).map((piece) => (piece.marked ? html`<mark>${piece.text}</mark>` : piece.text))}</p>`}
    <p>${reasonText(facts)}</p>
    ${articles.length > 0 && html`<p class="refusal__article">${t("filter.article", { article: articles.join(t("filter.article_and")) })}</p>`}
  </div>`;
}

/** @param {Rule} rule @returns {string} */
function articleOf(rule) {
  if (typeof rule.article === "object") return rule.article[language.value];
  return (language.value === "en" ? rule.article_en : undefined) ?? rule.article ?? "";
}
