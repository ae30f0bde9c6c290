/** All the facts of a job, as its employer stands by them. */
import { html } from "../html.js";
import { isMessage, t } from "../words/text.js";
import { Icon } from "./icons.js";
import { Pay } from "./price.js";
import { Sheet } from "./sheet.js";

/** @param {{ card: any, onClose: () => void }} props */
export function JobSheet({ card, onClose }) {
  const employmentKey = `job.employment_${card.employment}`;
  const facts = [
    [t("job.employer"), card.employer],
    [t("job.place"), card.place],
    [t("job.headcount_label"), t("job.headcount", { count: card.headcount })],
    [t("job.employment"), isMessage(employmentKey) ? t(employmentKey) : card.employment],
    [t("job.shift"), card.shift],
  ].filter(([, fact]) => fact);
  return html`<${Sheet} title=${card.title} onClose=${onClose}>
    <p class="job__pay"><${Pay} pay=${card.pay} /></p>
    <${Chips} title=${t("job.benefits")} items=${card.benefits} />
    <dl class="facts">${facts.map(([name, fact]) => html`<div class="facts__row"><dt>${name}</dt><dd>${fact}</dd></div>`)}</dl>
    <${Chips} title=${t("job.requirements")} items=${card.requirements} />
    <p class="safety"><${Icon} name="shield" /><span>${t("job.safety")}</span></p>
  </${Sheet}>`;
}

/** @param {{ title: string, items: string[] }} props */
function Chips({ title, items }) {
  if (!items || items.length === 0) return null;
  return html`<section class="chips"><h3 class="label">${title}</h3><ul class="chips__list">${items.map((item) => html`<li class="chip">${item}</li>`)}</ul></section>`;
}
