/** What a show brought. */
import { html } from "../../html.js";
import { clockText } from "../../studio/health_words.js";
import { countText, moneyText, t, timeText } from "../../words/text.js";

/** @typedef {import("../../studio/studio_calls.js").Show} Show */

/** @param {{ show: Show, jobs: boolean }} props */
export function ShowSummary({ show, jobs }) {
  /** @type {[string, string][]} */
  const figures = [
    [t("studio.sum_duration"), clockText(show.duration_s)],
    [t("studio.sum_viewers"), countText(show.viewers_peak)],
    [t("studio.sum_comments"), countText(show.comments)],
    [t("studio.sum_likes"), countText(show.likes)],
  ];
  if (jobs) figures.push([t("studio.sum_applications"), countText(show.applications)]);
  else figures.push([t("studio.total_orders"), String(show.orders)], [t("studio.total_paid"), String(show.paid)], [t("studio.sum_units"), String(show.units)]);
  return html`<div class="summary">
    ${!jobs && html`<p class="summary__main"><span class="label">${t("studio.total_revenue")}</span><b>${moneyText(show.revenue_minor, show.currency)}</b></p>`}
    <dl class="summary__figures">${figures.map(([name, figure]) => html`<div key=${name}><dt>${name}</dt><dd>${figure}</dd></div>`)}</dl>
    ${show.products.length > 0 && html`<h3 class="label">${t("studio.sum_products")}</h3>
      <ul class="summary__products">${show.products.map((product) => html`<li key=${product.title}><span>${product.title}</span><span class="muted">${t("orders.quantity", { count: product.units })}</span><b>${moneyText(product.revenue_minor, show.currency)}</b></li>`)}</ul>`}
    ${show.lines_held + show.lines_removed > 0 && html`<p class="muted">${t("studio.sum_moderation", { held: show.lines_held, removed: show.lines_removed })}</p>`}
  </div>`;
}

/** @param {{ shows: Show[], jobs: boolean }} props */
export function EarlierShows({ shows, jobs }) {
  return html`<ul class="shows">${shows.map((show) => html`<li key=${show.show_id}>
    <details class="shows__one">
      <summary>
        <span class="shows__when">${timeText(show.started_at)}</span>
        <span class="muted">${show.ended_at === null ? t("studio.show_running") : clockText(show.duration_s)}</span>
        <b>${jobs ? t("studio.applications", { count: show.applications }) : moneyText(show.revenue_minor, show.currency)}</b>
      </summary>
      <${ShowSummary} show=${show} jobs=${jobs} />
    </details>
  </li>`)}</ul>`;
}
