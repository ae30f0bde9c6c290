/** All that a post says, in the order in which a job seeker asks: what it pays, where, for whom, under what conditions. */
import { html } from "../../html.js";
import { dayText, employmentText } from "../../jobs/words.js";
import { t } from "../../words/text.js";
import { Icon } from "../icons.js";
import { Pay } from "../price.js";

/** @param {{ facts: import("../../jobs/facts.js").JobFacts }} props */
export function JobFacts({ facts }) {
  const rows = [
    [t("job.employer"), facts.employer],
    [t("job.place"), facts.place],
    [t("job.headcount_label"), facts.headcount ? t("job.headcount", { count: facts.headcount }) : ""],
    [t("job.employment"), employmentText(facts.employment)],
    [t("job.shift"), facts.shift],
    [t("job.valid_until"), facts.valid_until ? dayText(facts.valid_until) : ""],
  ].filter(([, fact]) => fact);
  return html`<div class="job">
    <dl class="job__pays">
      ${facts.pay && html`<div class="job__pay"><dt>${t("job.pay_total")}</dt><dd><${Pay} pay=${facts.pay} /></dd></div>`}
      ${facts.base && html`<div class="job__pay job__pay--base"><dt>${t("job.pay_base")}</dt><dd><${Pay} pay=${facts.base} /></dd></div>`}
    </dl>
    <${Chips} title=${t("job.benefits")} items=${facts.benefits} />
    <dl class="facts">${rows.map(([name, fact]) => html`<div class="facts__row"><dt>${name}</dt><dd>${fact}</dd></div>`)}</dl>
    ${facts.description && html`<section class="job__part"><h3 class="label">${t("job.description")}</h3><p class="job__text">${facts.description}</p></section>`}
    <${Chips} title=${t("job.requirements")} items=${facts.requirements} />
    <p class="safety"><${Icon} name="shield" /><span>${t("job.safety")}</span></p>
  </div>`;
}

/** @param {{ title: string, items: string[] }} props */
export function Chips({ title, items }) {
  if (items.length === 0) return null;
  return html`<section class="chips"><h3 class="label">${title}</h3><ul class="chips__list">${items.map((item) => html`<li class="chip" key=${item}>${item}</li>`)}</ul></section>`;
}
