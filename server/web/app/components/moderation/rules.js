/** A text with the words marked that its rules rest on, and the rules themselves: for moderators and senders alike. */
import { html } from "../../html.js";
import { cutByRules } from "../../moderation/rule_spans.js";
import { t } from "../../words/text.js";
import { inOurs } from "./desk_words.js";

/** @typedef {import("../../moderation/desk_api.js").Rule} Rule */

/**
 * Marks carry the numbers of their rules where there is more than one rule.
 * @param {{ text: string, spans: readonly (readonly [number, number, string])[], rules: readonly Rule[] }} props
 */
export function MarkedText({ text, spans, rules }) {
  const numbers = (/** @type {string[]} */ ids) => ids.map((id) => rules.findIndex((rule) => rule.id === id) + 1).filter((number) => number > 0);
  return html`${cutByRules(text, spans ?? []).map(({ text: piece, ruleIds }) => {
    if (ruleIds.length === 0) return piece;
    const shown = rules.length > 1 ? numbers(ruleIds) : [];
    if (shown.length === 0) return html`<mark class="marked">${piece}</mark>`;
    // The number stays with the last character, wherever the line breaks.
    const points = Array.from(piece);
    return html`<mark class="marked">${points.slice(0, -1).join("")}<span class="marked__end">${points.at(-1)}<sup class="marked__number"><span class="unseen"> ${t("moderation.rule_number", { number: shown.join(", ") })} </span><span aria-hidden="true">${shown.join(" ")}</span></sup></span></mark>`;
  })}`;
}

/** @param {{ rules: readonly Rule[] }} props */
export function RuleList({ rules }) {
  return html`<ol class="rules">${rules.map((rule, index) => html`<li key=${rule.id} class="rules__rule">
    ${rules.length > 1 && html`<span class="rules__number" aria-hidden="true">${index + 1}</span>`}
    <div class="rules__words">
      <p class="rules__title">${inOurs(rule.title)} <span class="rules__id">${rule.id}</span></p>
      ${inOurs(rule.reason) && html`<p class="rules__reason">${inOurs(rule.reason)}</p>`}
      ${inOurs(rule.article) && html`<p class="rules__article">${t("moderation.article", { article: inOurs(rule.article) })}</p>`}
    </div>
  </li>`)}</ol>`;
}
