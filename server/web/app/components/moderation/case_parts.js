/** What a case says, whoever looks at it: what was said, why it is here, who reported it, what stood around it. */
import { html } from "../../html.js";
import { t } from "../../words/text.js";
import { agoText, reportWords } from "./desk_words.js";
import { MarkedText, RuleList } from "./rules.js";

/** @typedef {import("../../moderation/desk_api.js").Case} Case */

/** @param {{ one: Pick<Case, "photo_url" | "text" | "spans" | "rules"> }} props */
export function Said({ one }) {
  return html`<div class="said">
    ${one.photo_url && html`<img class="said__photo" src=${one.photo_url} alt="" loading="lazy" />`}
    <blockquote class="said__text"><${MarkedText} text=${one.text} spans=${one.spans} rules=${one.rules} /></blockquote>
  </div>`;
}

/** @param {{ one: Pick<Case, "rules" | "reports" | "score"> }} props */
export function Why({ one }) {
  return html`<section class="case__part"><h3 class="case__title">${t("moderation.why_here")}</h3>
    ${one.rules.length > 0 ? html`<${RuleList} rules=${one.rules} />` : html`<p class="muted">${t(one.reports.length > 0 ? "moderation.only_reported" : "moderation.no_rule")}</p>`}
    ${one.score > 0 && html`<p class="muted case__score">${t("moderation.score", { percent: Math.round(one.score * 100) })}</p>`}
  </section>`;
}

/** @param {{ one: Pick<Case, "reports">, nowMs: number }} props */
export function Reports({ one, nowMs }) {
  if (one.reports.length === 0) return null;
  return html`<section class="case__part"><h3 class="case__title">${t("moderation.reports_title", { count: one.reports.length })}</h3>
    <ul class="reports">${one.reports.map((report) => html`<li key=${report.report_id} class="reports__one">
      <p class="reports__top"><b>${reportWords(report.reason)}</b><time datetime=${report.at}>${agoText(report.at, nowMs)}</time></p>
      ${report.note && html`<p>${report.note}</p>`}
    </li>`)}</ul>
  </section>`;
}

/** @param {{ one: Pick<Case, "around" | "target_id">, screenId?: string | null }} props screenId: under which the line itself stands on the screens */
export function Around({ one, screenId = null }) {
  if (one.around.length === 0) return null;
  return html`<section class="case__part"><h3 class="case__title">${t("moderation.around")}</h3>
    <ol class="around">${one.around.map((line) => html`<li key=${line.comment_id} class=${`around__line${line.comment_id === one.target_id || line.comment_id === screenId ? " around__line--this" : ""}`}>
      <span class="around__name">${line.name}</span>${t("moderation.colon")}${line.text}
    </li>`)}</ol>
  </section>`;
}
